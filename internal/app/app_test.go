package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
)

func get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestTheProgramSaysThatItLivesAndIsReady(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		for _, path := range []string{"/healthz", "/readyz"} {
			if status, body := get(t, a.URL+path); status != 200 || !json.Valid([]byte(body)) {
				t.Errorf("GET %s = %d %s", path, status, body)
			}
		}
		status, body := get(t, a.URL+"/metrics")
		for _, name := range []string{"hanse_http_requests_total", "hanse_outbox_waiting ", "hanse_audit_unsealed", "hanse_db_connections", "hanse_clock_offset_seconds 0"} {
			if status != 200 || !strings.Contains(body, name) {
				t.Errorf("GET /metrics = %d without %s", status, name)
			}
		}
	})
}

func TestFiguresAreForThisMachineOrWithTheToken(t *testing.T) {
	a := apptest.New(t)
	a.Config.MetricsToken = "right"
	for token, want := range map[string]int{"": 404, "Bearer wrong": 404, "Bearer right": 200} {
		// A forwarded request comes from elsewhere, whatever its connection looks like.
		if status, _ := get(t, a.URL+"/metrics", "X-Forwarded-For", "203.0.113.1", "Authorization", token); status != want {
			t.Errorf("GET /metrics with %q from elsewhere = %d, want %d", token, status, want)
		}
	}
}

func TestANodeThatDoesNotSealItsAuditLogIsNotReady(t *testing.T) {
	a := apptest.New(t)
	err := a.DB.Update(t.Context(), func(tx *db.Tx) error {
		return audit.Record(t.Context(), tx, actor.Program("test"), "test.verb", audit.Subject{Kind: "thing", ID: "1"}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Clock.AdvanceWall(6 * 60e9)
	if status, body := get(t, a.URL+"/readyz"); status != 503 || !strings.Contains(body, "seal") {
		t.Errorf("GET /readyz = %d %s, want 503 and why", status, body)
	}
	if status, _ := get(t, a.URL+"/healthz"); status != 200 {
		t.Errorf("GET /healthz = %d: a restart wouldn't help", status)
	}
}

func TestTimeTravelAnswersWithTheNewTime(t *testing.T) {
	a := apptest.New(t)
	for body, want := range map[string]int{`{"advance":"72h"}`: 200, `{"advance":"-72h"}`: 422} {
		res, err := http.Post(a.URL+"/demo/clock", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("POST /demo/clock %s = %d, want %d", body, res.StatusCode, want)
		}
	}
}
