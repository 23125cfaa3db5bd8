package crash

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/signature"
)

// A load is clients that send requests to servers which may be killed under them. They do what careful clients do:
// after a lost answer they look what has become of it, and go on from there.
type load struct {
	w     *world
	addrs []string
	wall  *clock.Clock
	stop  chan struct{} // closed: give up

	mu       sync.Mutex
	imported []importTask      // acknowledged: the server said that it will apply them
	granted  map[string]string // acknowledged: application → certificate number, "" when the answer was lost
	lost     int               // answers that never came
}

// An importTask is one roster file of one partner.
type importTask struct {
	partner company
	number  int
	people  int
	id      string
}

func (i importTask) file() string   { return fmt.Sprintf("roster-%04d.csv", i.number) }
func (i importTask) prefix() string { return fmt.Sprintf("N%04d-", i.number) }

// body is people with two certificates each, whom no other file names.
func (i importTask) body() []byte {
	var b bytes.Buffer
	b.WriteString("person_id,name,email,certificate,issued_on,registered\n")
	for n := range i.people {
		for _, code := range []string{"H3CNE", "PMP"} {
			fmt.Fprintf(&b, "%s%d,Engineer %d of %d,e%d.%d@crash.example,%s,2026-01-0%d,yes\n", i.prefix(), n, n, i.number, n, i.number, code, 1+n%9)
		}
	}
	return b.Bytes()
}

var errGone = errors.New("the server didn't answer")

// call sends one signed request. An answer that didn't come whole is errGone: nobody knows whether it was done.
func (l *load) call(k key, n int, method, path string, body []byte, kind string, out any) (int, error) {
	req, err := http.NewRequest(method, "http://"+l.addrs[n%len(l.addrs)]+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("User-Agent", "crash")
	req.Header.Set("X-Nonce", fmt.Sprint(time.Now().UnixNano())) // two equal requests of one second aren't a replay
	if err := signature.Sign(req, k.access, k.secret, body, l.wall.Wall()); err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, l.gone()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, l.gone()
	}
	if res.StatusCode/100 == 2 && out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			return 0, fmt.Errorf("%s %s: %w: %s", method, path, err, b)
		}
	}
	if res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 {
		time.Sleep(50 * time.Millisecond)
		return res.StatusCode, nil
	}
	if res.StatusCode/100 != 2 && res.StatusCode != http.StatusConflict {
		return res.StatusCode, fmt.Errorf("%s %s = %d: %s", method, path, res.StatusCode, b)
	}
	return res.StatusCode, nil
}

func (l *load) gone() error {
	l.mu.Lock()
	l.lost++
	l.mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	return errGone
}

// until tries a step again until it says that it's done.
func (l *load) until(step func() (bool, error)) error {
	for {
		done, err := step()
		if done || err != nil && !errors.Is(err, errGone) {
			return err
		}
		select {
		case <-l.stop:
			return errors.New("given up")
		default:
		}
	}
}

type importState struct {
	ID       string `json:"id"`
	FileName string `json:"file_name"`
	State    string `json:"state"`
}

// doImport uploads a file, waits for its check and confirms it.
func (l *load) doImport(n int, task importTask) error {
	base := "/api/v1/partners/" + task.partner.id + "/imports"
	var now importState
	uncertain := false
	err := l.until(func() (bool, error) {
		if uncertain { // was it stored before the answer was lost?
			var list struct{ Imports []importState }
			if status, err := l.call(task.partner.key, n, "GET", base, nil, "", &list); err != nil || status != 200 {
				return false, err
			}
			for _, x := range list.Imports {
				if x.FileName == task.file() {
					now = x
					return true, nil
				}
			}
		}
		status, err := l.call(task.partner.key, n, "POST", base+"?name="+url.QueryEscape(task.file()), task.body(), "text/csv", &now)
		uncertain = uncertain || err != nil || status >= 500
		return status == 202, err
	})
	if err != nil {
		return err
	}
	task.id = now.ID
	err = l.until(func() (bool, error) {
		status, err := l.call(task.partner.key, n, "GET", base+"/"+task.id, nil, "", &now)
		if err != nil || status != 200 {
			return false, err
		}
		switch now.State {
		case "uploaded", "checking":
			time.Sleep(20 * time.Millisecond)
			return false, nil
		case "preview":
			status, err = l.call(task.partner.key, n, "POST", base+"/"+task.id+"/confirm", nil, "", nil)
			return status/100 == 2, err
		case "failed", "cancelled":
			return false, fmt.Errorf("import %s is %s", task.id, now.State)
		}
		return true, nil // confirmed before the answer was lost
	})
	if err == nil {
		l.mu.Lock()
		l.imported = append(l.imported, task)
		l.mu.Unlock()
	}
	return err
}

// approve takes an application and approves it.
func (l *load) approve(n int, p company) error {
	k := l.w.reviewers[n%len(l.w.reviewers)]
	return l.until(func() (bool, error) {
		state, edition, err := l.state(p)
		if err != nil {
			return false, err
		}
		body := fmt.Appendf(nil, `{"edition":%d}`, edition)
		path := "/api/v1/reviews/" + p.application
		switch state {
		case "submitted":
			_, err := l.call(k, n, "POST", path+"/start", body, "application/json", nil)
			return false, err
		case "under_review":
			var q struct{ Number string }
			status, err := l.call(k, n, "POST", path+"/approve", body, "application/json", &q)
			if err == nil && status/100 == 2 {
				return true, l.approved(p, q.Number)
			}
			return false, err
		}
		return true, l.approved(p, "") // before the answer was lost
	})
}

func (l *load) approved(p company, number string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.granted[p.application] = number
	return nil
}

func (l *load) state(p company) (state string, edition int64, err error) {
	_, err = db.One(l.w.ctx(), l.w.a.DB.Read(), func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&state, &edition) },
		`SELECT state, edition FROM application WHERE account_id = $1 AND id = $2`, p.id, p.application)
	return state, edition, err
}

// run does all tasks with so many clients at a time and returns what went wrong.
func (l *load) run(imports, approvals int) error {
	tasks := make(chan func(n int) error, imports+approvals)
	for i := range max(imports, approvals) {
		if i < imports {
			task := importTask{partner: l.w.partners[i%len(l.w.partners)], number: i, people: 4 + i%5}
			tasks <- func(n int) error { return l.doImport(n, task) }
		}
		if i < approvals {
			tasks <- func(n int) error { return l.approve(n, l.w.partners[i]) }
		}
	}
	close(tasks)
	var clients sync.WaitGroup
	var mu sync.Mutex
	var wrong []string
	for n := range 8 {
		clients.Go(func() {
			for task := range tasks {
				if err := task(n); err != nil {
					mu.Lock()
					wrong = append(wrong, err.Error())
					mu.Unlock()
				}
			}
		})
	}
	clients.Wait()
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong[:min(5, len(wrong))], "\n"))
	}
	return nil
}

func newLoad(w *world, servers ...*server) *load {
	l := &load{w: w, wall: clock.New(), stop: make(chan struct{}), granted: map[string]string{}}
	for _, s := range servers {
		l.addrs = append(l.addrs, s.addr)
	}
	return l
}
