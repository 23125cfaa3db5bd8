package npm

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/badge"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
)

// A try is one credential with the documents that the verifier may read.
type try struct {
	Name       string                     `json:"name"`
	Credential json.RawMessage            `json:"credential"`
	Documents  map[string]json.RawMessage `json:"documents"`
	Now        time.Time                  `json:"now"`

	want bool
}

// judge asks the independent verifier about all tries and compares its answers.
func judge(t *testing.T, tries ...try) {
	t.Helper()
	in, err := json.Marshal(map[string]any{"cases": tries})
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	c := exec.CommandContext(t.Context(), "node", "verify.mjs")
	c.Stdin, c.Stderr = bytes.NewReader(in), &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("node verify.mjs: %v\n%s", err, &errs)
	}
	var got []struct {
		Name     string
		Verified bool
		Error    string
	}
	if err := json.Unmarshal(out, &got); err != nil || len(got) != len(tries) {
		t.Fatalf("%d answers to %d tries: %v\n%s", len(got), len(tries), err, out)
	}
	for i, g := range got {
		t.Logf("%s: accepted %v %s", g.Name, g.Verified, g.Error)
		if g.Verified != tries[i].want {
			t.Errorf("%s: accepted %v, want %v: %s", g.Name, g.Verified, tries[i].want, g.Error)
		}
	}
}

func needNode(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("node")
	if _, missing := os.Stat("node_modules/@digitalbazaar/vc"); err != nil || missing != nil {
		t.Skip("SKIPPED: Node or the packages of test/npm aren't installed (tools/need.sh npm), so no independent verifier looked at our signatures")
	}
}

// A world is the whole program with one partner that holds four stars.
type world struct {
	*apptest.App
	t *testing.T
	g apptest.Grant
}

func (w world) get(path string) []byte {
	w.t.Helper()
	res, err := http.Get(w.URL + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		w.t.Fatalf("GET %s: %s, %v\n%.300s", path, res.Status, err, b)
	}
	return b
}

// try is a credential beside everything that the server publishes now.
func (w world) try(name string, credential []byte, want bool) try {
	return try{Name: name, Credential: credential, Now: w.Clock.Now(), want: want, Documents: map[string]json.RawMessage{
		w.URL + "/issuer":              w.get("/issuer"),
		w.URL + "/status/1/revocation": w.get("/status/1/revocation"),
		w.URL + "/status/1/suspension": w.get("/status/1/suspension"),
	}}
}

func (w world) decide(do func(q *qualification.Service, edition int64) error) {
	w.t.Helper()
	v, err := w.Qualification.Qualification(w.t.Context(), w.g.Reviewer, w.g.Held.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := do(w.Qualification, v.Edition); err != nil {
		w.t.Fatal(err)
	}
	w.Drain(w.t)
}

// TestAnIndependentVerifierAgrees goes with one credential through its life.
func TestAnIndependentVerifierAgrees(t *testing.T) {
	needNode(t)
	w := world{App: apptest.New(t), t: t}
	// The verifier looks at status lists by the machine's own clock.
	w.Clock.AdvanceWall(time.Since(w.Clock.Wall()) - 2*time.Hour) // and some time passes below
	w.g = w.Grant(t, "Shenzhen Northwind Systems", "深圳北风系统集成有限公司")
	path := "/credentials/" + w.g.Held.Number
	file := w.get(path)
	change := func(old, new string) []byte {
		if !bytes.Contains(file, []byte(old)) {
			t.Fatalf("the credential lacks %q:\n%s", old, file)
		}
		return bytes.Replace(file, []byte(old), []byte(new), 1)
	}
	late := w.try("after its last day", file, false)
	late.Now = w.g.Held.ValidUntil.End().Add(time.Hour) // more than clocks may differ
	list := w.get("/status/1/suspension")
	judge(t, w.try("as issued", file, true), late,
		w.try("one character of the holder changed", change("深圳北风", "深川北风"), false),
		w.try("one letter of the level changed", change("our-star", "ive-star"), false),
		w.try("one digit of the status entry changed", change(`"statusListIndex": "`, `"statusListIndex": "1`), false),
		w.try("the status list itself", list, true),
		w.try("the status list with one letter changed", bytes.Replace(list, []byte(`"suspension"`), []byte(`"revocation"`), 1), false))

	w.decide(func(q *qualification.Service, e int64) error {
		_, err := q.Suspend(t.Context(), w.g.Reviewer, w.g.Held.ID, e, "A check is under way.")
		return err
	})
	judge(t, w.try("suspended", file, false))
	w.decide(func(q *qualification.Service, e int64) error {
		_, err := q.Reinstate(t.Context(), w.g.Reviewer, w.g.Held.ID, e, "The check is done.")
		return err
	})
	judge(t, w.try("reinstated", file, true))
	w.keys(file, path)
	w.decide(func(q *qualification.Service, e int64) error {
		_, err := q.Cancel(t.Context(), w.g.Reviewer, w.g.Held.ID, e, "False information.")
		return err
	})
	judge(t, w.try("cancelled", w.get(path), false))
}

// keys changes and revokes the signing key.
func (w world) keys(file []byte, path string) {
	admin := w.Vendor(w.t, actor.VendorAdmin)
	keys, err := w.Badge.Keys(w.t.Context(), admin)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Clock.AdvanceWall(time.Hour)
	if _, err := w.Badge.Rotate(w.t.Context(), admin, badge.Change{Active: keys[0].ID, Reason: "Yearly.", Resign: true}); err != nil {
		w.t.Fatal(err)
	}
	w.Drain(w.t)
	judge(w.t, w.try("signed by a key that has retired", file, true), w.try("signed anew", w.get(path), true))
	if _, err := w.Badge.Revoke(w.t.Context(), admin, keys[0].ID, "A laptop was stolen."); err != nil {
		w.t.Fatal(err)
	}
	w.Drain(w.t)
	judge(w.t, w.try("signed by a key that was revoked", file, false), w.try("signed anew after that", w.get(path), true))
}

// TestTheStatusListMayBeKeptForLessThanAMinute reads the header that decides how soon a revocation shows.
func TestTheStatusListMayBeKeptForLessThanAMinute(t *testing.T) {
	w := world{App: apptest.New(t), t: t}
	w.g = w.Grant(t, "Northwind", "")
	res, err := http.Get(w.URL + "/status/1/revocation")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Cache-Control"); got != "public, max-age=30" || badge.FreshFor != 30*time.Second {
		t.Errorf("Cache-Control %q and FreshFor %s, want 30 seconds in both", got, badge.FreshFor)
	}
	etag := res.Header.Get("ETag")
	ask := func() int {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+"/status/1/revocation", nil)
		r.Header.Set("If-None-Match", etag)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := ask(); got != http.StatusNotModified {
		t.Errorf("the same list again: %d, want 304", got)
	}
	w.decide(func(q *qualification.Service, e int64) error {
		_, err := q.Cancel(t.Context(), w.g.Reviewer, w.g.Held.ID, e, "False information.")
		return err
	})
	if got := ask(); got != http.StatusOK {
		t.Errorf("the list after a cancellation: %d, want 200", got)
	}
	if !strings.Contains(string(w.get("/status/1/revocation")), "encodedList") {
		t.Error("no list")
	}
}
