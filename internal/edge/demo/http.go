package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

// A move is the body of POST /demo/clock: one of the two.
type move struct {
	Now     *time.Time `json:"now"`
	Advance string     `json:"advance"` // as Go writes durations: 72h
}

// serveClock takes orders from this machine only: there's no sign-in.
func (t *Time) serveClock(w http.ResponseWriter, r *http.Request) {
	if !web.Loopback(r) {
		refuse(w, fault.Denied())
		return
	}
	at, err := t.read(w, r)
	if err != nil {
		refuse(w, err)
		return
	}
	now, err := t.To(r.Context(), at)
	if err != nil {
		refuse(w, err)
		return
	}
	write(w, http.StatusOK, map[string]string{"now": now.Format(time.RFC3339Nano)})
}

func (t *Time) read(w http.ResponseWriter, r *http.Request) (time.Time, error) {
	var m move
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return time.Time{}, fault.Invalid("body", i18n.M("demo.body"))
	}
	switch {
	case m.Now != nil && m.Advance == "":
		return *m.Now, nil
	case m.Now == nil && m.Advance != "":
		by, err := time.ParseDuration(m.Advance)
		if err != nil {
			return time.Time{}, fault.Invalid("advance", i18n.M("demo.advance"))
		}
		return t.clock.Now().Add(by), nil
	}
	return time.Time{}, fault.Invalid("body", i18n.M("demo.body"))
}

// refuse answers in the error shape of the API.
func refuse(w http.ResponseWriter, err error) {
	status, code, text := http.StatusInternalServerError, "internal", "time travel failed: "+err.Error()
	if f := fault.Of(err); f != nil {
		status, code, text = http.StatusUnprocessableEntity, string(f.Kind), i18n.Text(i18n.English, f.Msg)
		if f.Kind == fault.KindDenied {
			status = http.StatusForbidden
		}
	}
	write(w, status, map[string]string{"error_code": "HANSE." + code, "error_msg": text})
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error here means that the asker has gone
}

// morning is the time of day at which a journey to a day arrives, so that its first hours have run.
const morning = 9 * time.Hour

// serveTravel is the form in the portal's demo bar; it goes back to the page it came from.
func (t *Time) serveTravel(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	at, err := t.destination(r.FormValue("advance"), r.FormValue("to"))
	if err == nil {
		_, err = t.To(r.Context(), at)
	}
	if f := fault.Of(err); f != nil {
		http.Error(w, i18n.Text(i18n.Pick(r, ""), f.Msg), http.StatusUnprocessableEntity)
		return
	}
	if err != nil {
		http.Error(w, fmt.Sprintf("time travel failed: %v", err), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, back(r.FormValue("back")), http.StatusSeeOther)
}

// destination reads what the form asks for: a day, or a step of a day, a week or a month.
func (t *Time) destination(advance, to string) (time.Time, error) {
	now := t.clock.Now()
	if to != "" && advance == "" {
		day, err := calendar.ParseDay(to)
		if err != nil {
			return now, fault.Invalid("to", i18n.M("demo.day"))
		}
		return day.Time().Add(morning), nil
	}
	today := calendar.DayOf(now)
	switch advance {
	case "1d":
		return now.Add(24 * time.Hour), nil
	case "1w":
		return now.Add(7 * 24 * time.Hour), nil
	case "1m":
		return now.Add(today.AddMonths(1).Time().Sub(today.Time())), nil
	}
	return now, fault.Invalid("advance", i18n.M("demo.day"))
}

// back keeps the way back inside this portal.
func back(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(path, `/\`) {
		return "/"
	}
	return path
}
