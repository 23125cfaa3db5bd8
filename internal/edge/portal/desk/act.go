package desk

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// act does one thing to a ticket. The acts share a pattern, because /desk/{no}/say and /desk/macros/{id} would contest the
// same addresses.
func (p pages) act(w http.ResponseWriter, r *http.Request) error {
	do, ok := map[string]site.Handler{"say": p.say, "presence": p.presence, "macro": p.useMacro, "assign": p.assign, "take": p.take, "change": p.change,
		"accept": p.plain(ticket.Accept), "resume": p.plain(ticket.Resume), "back": p.plain(ticket.TakeBack), "reopen": p.plain(ticket.Reopen), "restore": p.plain(ticket.Restore),
		"pause": p.pause, "invalid": p.invalid, "handover": p.hand(true), "handback": p.hand(false), "merge": p.merge, "unmerge": p.unmerge, "split": p.split,
		"labels": p.relabel, "relate": p.relate, "unrelate": p.unrelate, "withdraw": p.withdraw}[r.PathValue("act")]
	if !ok {
		return fault.NotFound()
	}
	return do(w, r)
}

// seen is the edition that the page had shown; 0 for whoever sends in spite of what came since.
func seen(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("seen"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// back is the page of the ticket, in the queue from which it was opened.
func back(r *http.Request, no, at string) string {
	v := showView{}
	v.R, v.t.No = r, no
	return v.href("") + at
}

// refused shows the ticket with why something wasn't done, and with what was typed.
func (p pages) refused(w http.ResponseWriter, r *http.Request, err error) error {
	k := fault.KindOf(err)
	if k != fault.KindInvalid && k != fault.KindConflict && k != fault.KindTooMany && k != fault.KindTooLarge {
		return err
	}
	v, failed := p.read(r, site.Errors(r, err)...)
	if failed != nil {
		return failed
	}
	v.newer = ticket.Newer(err)
	v.changing = r.PathValue("act") == "change"
	if why := ticket.WhyOf(err); v.changing && (why == ticket.NoQuota || why == ticket.NotInPlan) {
		v.noUnit, v.Errs = true, []ui.FieldError{{Name: "without_unit", Text: noUnit(r.Context(), err)}}
	}
	return p.Show(w, r, status(err), showPage(v))
}

// noUnit says why there's no unit for what becomes technical, and how the engineer goes on.
func noUnit(ctx context.Context, err error) string {
	q, _ := ticket.QuotaOf(err)
	if ticket.WhyOf(err) == ticket.NotInPlan {
		return i18n.T(ctx, "desk.change.not_in_plan")
	}
	return i18n.T(ctx, "desk.change.no_quota", i18n.A{"owner": i18n.Raw(q.OwnerName), "total": i18n.From(ctx).Int(q.Total), "resets": i18n.From(ctx).DateTime(q.Resets)})
}

// The ways to send what was written.
const (
	asReply = "reply"
	asNote  = "note"
	asAsk   = "ask"
	asOffer = "offer"
)

// say sends what was written: a reply, a note, a question, or the result. With a canned answer to put in, it only puts it in.
func (p pages) say(w http.ResponseWriter, r *http.Request) error {
	files, err := p.Uploads.Form(w, r, attachment.Message)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		return p.refused(w, r, files.Err())
	}
	if r.PostFormValue("do") == "insert" {
		return p.insert(w, r)
	}
	t, err := p.one(r)
	if err != nil {
		return err
	}
	if err := p.send(r, t); err != nil {
		return p.refused(w, r, err)
	}
	done := map[string]i18n.Msg{asNote: i18n.M("desk.said.note"), asAsk: i18n.M("desk.said.ask"), asOffer: i18n.M("desk.said.offer")}
	msg, ok := done[r.PostFormValue("as")]
	if !ok {
		msg = i18n.M("desk.said.reply")
	}
	if next := r.PostFormValue("next"); r.PostFormValue("do") == "next" && next != "" {
		return p.Go(w, r, next, msg)
	}
	return p.Go(w, r, back(r, t.No, "#say"), msg)
}

// send is the deed itself. A reply to what nobody has taken takes it: the one who answers is the one who works on it.
func (p pages) send(r *http.Request, t ticket.View) error {
	ctx, by, as := r.Context(), site.By(r), r.PostFormValue("as")
	say := ticket.Saying{Body: r.PostFormValue("body"), Attachments: r.PostForm["attachment"], Internal: as == asNote, Seen: seen(r), Key: r.PostFormValue("key"), Source: ticket.Portal}
	if as == asNote || t.Side != ticket.Desk {
		_, err := p.Tickets.Say(ctx, by, t.No, say)
		return err
	}
	b := ticket.Bundle{Seen: say.Seen, Key: say.Key, Say: &say, Accept: true, Ask: as == asAsk, Offer: as == asOffer, RootCause: r.PostFormValue("cause")}
	if me := "me"; t.Owner == "" {
		b.Owner = &me
	}
	if (b.Ask || b.Offer) && t.State == ticket.Paused {
		b.Resume = true
	}
	_, err := p.Tickets.Together(ctx, by, t.No, b)
	return err
}

// insert puts a canned answer at the end of what was written, and shows it.
func (p pages) insert(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.answers, func(a desk.Answer) bool { return a.ID == r.PostFormValue("answer") })
	text := strings.TrimRight(r.PostFormValue("body"), "\n")
	if i >= 0 {
		if text != "" {
			text += "\n\n"
		}
		text += v.fill(v.answers[i].Body)
	}
	v.typed = text
	return p.Show(w, r, http.StatusOK, showPage(v))
}

// inserted lists the canned answers for this ticket, for the script that puts them in while one types.
func (p pages) inserted(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	t, err := p.one(r)
	if err != nil {
		return err
	}
	v := showView{View: p.see(r), t: t}
	if _, v.answers, err = p.Desk.Usable(ctx, v.By); err != nil {
		return err
	}
	v.answers = desk.Search(v.answers, r.URL.Query().Get("q"))
	if len(v.answers) > 8 {
		v.answers = v.answers[:8]
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v.inserts())
}

// useMacro does what a macro says, and goes where it says.
func (p pages) useMacro(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, no := r.Context(), site.By(r), r.PathValue("no")
	if r.FormValue("macro") == "" {
		return p.refused(w, r, fault.Invalid("macro", i18n.M("desk.macro.choose")))
	}
	m, err := p.Macros.Find(ctx, by, r.FormValue("macro"))
	if err != nil {
		return err
	}
	if _, err := p.Macros.Use(ctx, by, m.ID, []macro.On{{No: no, Seen: seen(r)}}, r.FormValue("key")); err != nil {
		return p.refused(w, r, err)
	}
	to := back(r, no, "")
	switch next := r.FormValue("next"); {
	case m.Then == desk.NextOne && next != "":
		to = next
	case m.Then != desk.Stay:
		to = "/desk?" + asked(r).Encode()
	}
	return p.Go(w, r, to, i18n.M("desk.macro.done", i18n.A{"name": m.Name, "no": no}))
}

// plain does an action that needs no words.
func (p pages) plain(a ticket.Action) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.do(w, r, func(ctx context.Context) error {
			_, err := p.Tickets.Act(ctx, site.By(r), r.PathValue("no"), ticket.Deed{Action: a, Seen: seen(r), Source: ticket.Portal})
			return err
		})
	}
}

// do runs a deed on the ticket and shows it again, with why not when it's refused.
func (p pages) do(w http.ResponseWriter, r *http.Request, deed func(ctx context.Context) error) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := deed(r.Context()); err != nil {
		return p.refused(w, r, err)
	}
	return p.Go(w, r, back(r, r.PathValue("no"), ""), i18n.M("desk.done"))
}

func (p pages) assign(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		b := assignment(r.FormValue("to_team"), r.FormValue("to_owner"))
		_, err := p.Tickets.Assign(ctx, site.By(r), r.PathValue("no"), ticket.Assigning{Team: b.Team, Owner: b.Owner})
		return err
	})
}

// take makes the actor the owner, and accepts what nobody has accepted.
func (p pages) take(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		me := "me"
		_, err := p.Tickets.Together(ctx, site.By(r), r.PathValue("no"), ticket.Bundle{Accept: true, Owner: &me})
		return err
	})
}

func (p pages) change(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		t, err := p.one(r)
		if err != nil {
			return err
		}
		in := ticket.Changing{WithoutUnit: r.FormValue("without_unit") != ""}
		for _, x := range []struct {
			name, was string
			into      **string
		}{{"title", t.Title, &in.Title}, {"problem_type", t.ProblemType, &in.ProblemType}, {"product", t.Product, &in.Product}, {"severity", t.Severity, &in.Severity},
			{"region", t.Region, &in.Region}} {
			if value := r.FormValue(x.name); r.PostForm.Has(x.name) && value != x.was && value != "" {
				*x.into = &value
			}
		}
		if in == (ticket.Changing{WithoutUnit: in.WithoutUnit}) {
			return nil
		}
		_, err = p.Tickets.Change(ctx, site.By(r), t.No, in)
		return err
	})
}

// stepPages are the steps that need words or a choice.
var stepPages = []string{"pause", "invalid", "handover", "handback", "merge", "split"}

// part shows the page of a step, or the canned answers for the script.
func (p pages) part(w http.ResponseWriter, r *http.Request) error {
	part := r.PathValue("part")
	switch {
	case part == "answers":
		return p.inserted(w, r)
	case slices.Contains(stepPages, part):
		return p.showStep(w, r, http.StatusOK, part)
	}
	return fault.NotFound()
}

func (p pages) showStep(w http.ResponseWriter, r *http.Request, status int, what string, errs ...ui.FieldError) error {
	v, err := p.read(r, errs...)
	if err != nil {
		return err
	}
	if !v.works() || v.t.Side != ticket.Desk {
		return fault.Denied()
	}
	return p.Show(w, r, status, stepPage(stepView{v, what}))
}

// stepped runs a step from its page: refused, the page is shown again with what was typed.
func (p pages) stepped(w http.ResponseWriter, r *http.Request, what string, deed func(ctx context.Context) (string, error)) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	to, err := deed(r.Context())
	if err == nil {
		return p.Go(w, r, back(r, to, ""), i18n.M("desk.done"))
	}
	if k := fault.KindOf(err); k != fault.KindInvalid && k != fault.KindConflict {
		return err
	}
	return p.showStep(w, r, status(err), what, site.Errors(r, err)...)
}

func (p pages) pause(w http.ResponseWriter, r *http.Request) error {
	return p.stepped(w, r, "pause", func(ctx context.Context) (string, error) {
		d := ticket.Deed{Action: ticket.Pause, Seen: seen(r), Text: r.FormValue("text"), Source: ticket.Portal}
		if s := strings.TrimSpace(r.FormValue("until")); s != "" {
			var err error
			if d.Until, err = time.ParseInLocation("2006-01-02T15:04", strings.Replace(s, " ", "T", 1), calendar.Zone); err != nil {
				return "", fault.Invalid("until", i18n.M("desk.bad_until", i18n.A{"value": s}))
			}
		}
		t, err := p.Tickets.Act(ctx, site.By(r), r.PathValue("no"), d)
		return t.No, err
	})
}

func (p pages) invalid(w http.ResponseWriter, r *http.Request) error {
	return p.stepped(w, r, "invalid", func(ctx context.Context) (string, error) {
		t, err := p.Tickets.Act(ctx, site.By(r), r.PathValue("no"), ticket.Deed{Action: ticket.Invalidate, Seen: seen(r), Text: r.FormValue("text"), Source: ticket.Portal})
		return t.No, err
	})
}

// hand gives the ticket to the other desk: over to the vendor's, or back to the partner's.
func (p pages) hand(over bool) site.Handler {
	what, verb := "handback", p.Tickets.HandBack
	if over {
		what, verb = "handover", p.Tickets.HandOver
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.stepped(w, r, what, func(ctx context.Context) (string, error) {
			t, err := verb(ctx, site.By(r), r.PathValue("no"), ticket.Handing{Seen: seen(r), Text: r.FormValue("text")})
			return t.No, err
		})
	}
}

func (p pages) merge(w http.ResponseWriter, r *http.Request) error {
	return p.stepped(w, r, "merge", func(ctx context.Context) (string, error) {
		t, err := p.Tickets.Merge(ctx, site.By(r), r.PathValue("no"), strings.TrimSpace(r.FormValue("target")))
		if fault.KindOf(err) == fault.KindNotFound {
			err = fault.Invalid("target", i18n.M("desk.merge.unknown", i18n.A{"value": r.FormValue("target")}))
		}
		return t.No, err
	})
}

func (p pages) unmerge(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		_, err := p.Tickets.Unmerge(ctx, site.By(r), r.PathValue("no"))
		return err
	})
}

func (p pages) split(w http.ResponseWriter, r *http.Request) error {
	return p.stepped(w, r, "split", func(ctx context.Context) (string, error) {
		if r.FormValue("message") == "" {
			return "", fault.Invalid("message", i18n.M("desk.split.choose"))
		}
		t, err := p.Tickets.Split(ctx, site.By(r), r.PathValue("no"), r.FormValue("message"), ticket.Splitting{Title: r.FormValue("title"), ProblemType: r.FormValue("problem_type"), Key: r.FormValue("key")})
		return t.No, err
	})
}

func (p pages) relate(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		return p.Tickets.Relate(ctx, site.By(r), r.PathValue("no"), strings.Fields(r.FormValue("related")))
	})
}

func (p pages) unrelate(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		return p.Tickets.Unrelate(ctx, site.By(r), r.PathValue("no"), r.FormValue("other"))
	})
}

// withdraw takes an own message back.
func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		_, err := p.Tickets.Withdraw(ctx, site.By(r), r.PathValue("no"), r.FormValue("message"))
		return err
	})
}
