package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

// How says what becomes of an element of the page.
type How string

// Replace puts the part into the place of what the element holds. Append adds its elements at the end; one whose id is
// on the page already takes the place of that one.
const (
	Replace How = "replace"
	Append  How = "append"
)

// A Part is one piece of a page that changed, as the page itself draws it.
type Part struct {
	ID   string // of the element on the page
	How  How
	Body templ.Component
}

// An Update is everything that happened to a ticket after a sequence number, up to Seq, for one reader. It has no parts
// when nothing did.
type Update struct {
	Ticket string
	Seq    int64
	Parts  []Part
}

// A Page draws what is new for whoever asks. Its error ends the stream: the reader may not see the ticket any more.
type Page func(r *http.Request, after int64) (Update, error)

// Stream registers the address of the news of a page's ticket. A reader gets them as events, each with the sequence
// number up to which it goes; with ?poll=1 once, as JSON. Where to begin is said by Last-Event-ID, or by ?after.
func (h *Hub) Stream(s *site.Site, pattern string, page Page) {
	s.Open(pattern, func(w http.ResponseWriter, r *http.Request) error {
		by, after := site.By(r), begin(r)
		if by.Kind == actor.Public || by.Kind == "" {
			return refuse(w, fault.Unauthenticated())
		}
		u, err := page(r, after)
		if err != nil {
			return refuse(w, err)
		}
		if r.URL.Query().Get("poll") != "" || by.Via != "session" {
			return poll(w, r, u)
		}
		x := &stream{site: s, page: page, w: w, r: r, by: by, seq: max(after, u.Seq)}
		return h.serve(x, u)
	})
}

// begin is the sequence number that the reader has.
func begin(r *http.Request) int64 {
	for _, text := range []string{r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")} {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
			return n
		}
	}
	return 0
}

// refuse answers with a bare status: nobody reads a page here. What isn't a fault goes the usual way.
func refuse(w http.ResponseWriter, err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	status := http.StatusForbidden
	switch f.Kind {
	case fault.KindUnauthenticated:
		status = http.StatusUnauthorized
	case fault.KindNotFound:
		status = http.StatusNotFound
	case fault.KindTooMany:
		status = http.StatusTooManyRequests
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return nil
}

// A wire is an update on its way.
type wire struct {
	Seq   int64      `json:"seq"`
	Parts []wirePart `json:"parts"`
}

type wirePart struct {
	ID   string `json:"id"`
	How  How    `json:"how"`
	HTML string `json:"html"`
}

func encode(r *http.Request, u Update) ([]byte, error) {
	out := wire{Seq: u.Seq, Parts: []wirePart{}}
	for _, p := range u.Parts {
		var b strings.Builder
		if err := p.Body.Render(r.Context(), &b); err != nil {
			return nil, err
		}
		out.Parts = append(out.Parts, wirePart{p.ID, p.How, b.String()})
	}
	return json.Marshal(out)
}

func poll(w http.ResponseWriter, r *http.Request, u Update) error {
	b, err := encode(r, u)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b) // an error means that the reader has gone
	return nil
}

// A stream is one reader's connection.
type stream struct {
	site *site.Site
	page Page
	w    http.ResponseWriter
	r    *http.Request
	by   actor.Actor
	seq  int64
}

var errOver = errors.New("the session is over")

// serve sends what there is, and then what comes, until the reader leaves, may not read any more, or the server ends.
// Once the first byte is out there is no page to show an error on: it ends the stream, and is logged.
func (h *Hub) serve(x *stream, first Update) error {
	reader, ok := h.join(first.Ticket, x.by.Identity, x.seq)
	if !ok {
		return refuse(x.w, fault.New(fault.KindTooMany, i18n.Msg{}))
	}
	defer h.leave(reader)
	head := x.w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // a proxy in between mustn't collect
	x.w.WriteHeader(http.StatusOK)
	err := x.send("retry: 3000\n\n")
	if err == nil && len(first.Parts) > 0 {
		err = x.update(x.r, first)
	}
	if err == nil {
		err = x.follow(reader, h.Beat)
	}
	switch {
	case errors.Is(err, errOver) || fault.Of(err) != nil:
		_ = x.send("event: over\ndata: 1\n\n") // it may have gone by itself
	case err != nil && x.r.Context().Err() == nil:
		h.Log.WarnContext(x.r.Context(), "news of a ticket", "request", web.Of(x.r.Context()).ID, "error", err)
	}
	return nil
}

// follow sends news as they come. It returns nil when the reader or the server has gone.
func (x *stream) follow(from *reader, every time.Duration) error {
	beat := time.NewTicker(every)
	defer beat.Stop()
	for {
		select {
		case <-x.r.Context().Done():
			return nil
		case <-web.Ending(x.r.Context()):
			return nil // it comes back by itself, to a server that stays
		case <-from.out:
			return x.send("event: busy\ndata: 1\n\n")
		case <-beat.C:
			if _, err := x.still(); err != nil {
				return err
			}
			if err := x.send("event: beat\ndata: 1\n\n"); err != nil {
				return err
			}
		case <-from.news:
			if err := x.news(); err != nil {
				return err
			}
		}
	}
}

// still is the request with who asks by now: the same person for the same account, or the stream is over.
func (x *stream) still() (*http.Request, error) {
	r, err := x.site.Still(x.r)
	if err != nil {
		return nil, err
	}
	if by := site.By(r); by.Kind == actor.Public || by.Session != x.by.Session || by.Account != x.by.Account {
		return nil, errOver
	}
	return r, nil
}

func (x *stream) news() error {
	r, err := x.still()
	if err != nil {
		return err
	}
	u, err := x.page(r, x.seq)
	if err != nil || len(u.Parts) == 0 {
		return err
	}
	return x.update(r, u)
}

// update sends one event. Its id is what the reader has then.
func (x *stream) update(r *http.Request, u Update) error {
	b, err := encode(r, u)
	if err != nil {
		return err
	}
	x.seq = max(x.seq, u.Seq)
	return x.send(fmt.Sprintf("id: %d\nevent: news\ndata: %s\n\n", x.seq, b))
}

// send writes and flushes. A reader that takes nothing for too long is cut off.
func (x *stream) send(text string) error {
	c := http.NewResponseController(x.w)
	cut := time.AfterFunc(patience, func() { _ = c.SetWriteDeadline(time.Unix(1, 0)) })
	defer cut.Stop()
	if _, err := x.w.Write([]byte(text)); err != nil {
		return err
	}
	return c.Flush()
}
