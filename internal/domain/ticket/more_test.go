package ticket_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/equipment"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func TestMergedTicketsBecomeOneAndComeApartAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		in := business("First")
		in.Attachments = []string{w.upload(w.partner, "a.log")}
		a := w.open(w.partner, in)
		w.pass(time.Hour)
		b := w.open(w.partner, business("Second"))
		stranger := w.open(w.other, business("Else"))
		_, err := w.s.Merge(ctx, w.anna, a.No, stranger.No)
		refused(t, "across accounts", err, ticket.OtherAccount)
		said := w.say(w.partner, a.No, "More on the first")
		b, err = w.s.Merge(ctx, w.anna, a.No, b.No)
		fixture.Must(t, err)
		follow := w.say(w.partner, a.No, "To the old number")
		if follow.Ticket.No != b.No {
			t.Errorf("a follow-up went to %s", follow.Ticket.No)
		}
		ms, _, err := w.s.Messages(ctx, w.partner, b.No, ticket.Page{})
		if err != nil || len(ms) != 4 || ms[0].Body != "First" || len(ms[0].Files) != 1 || ms[0].MovedFrom != a.No {
			t.Errorf("the target's messages: %+v, %v", ms, err)
		}
		if x, err := w.s.Get(ctx, w.partner, a.No); err != nil || x.MergedInto != b.No || x.State != ticket.Invalid || x.CanSay && len(x.Actions) > 0 {
			t.Errorf("the source: %+v, %v", x, err)
		}
		_, err = w.s.Merge(ctx, w.anna, a.No, b.No)
		refused(t, "merged twice", err, ticket.BadState)
		if _, err = w.s.Unmerge(ctx, w.anna, a.No); err != nil {
			t.Fatal(err)
		}
		ms, _, err = w.s.Messages(ctx, w.partner, a.No, ticket.Page{})
		if err != nil || len(ms) != 2 || ms[1].ID != said.Message.ID || len(ms[0].Files) != 1 {
			t.Errorf("the source afterwards: %+v, %v", ms, err)
		}
		w.dense(a.No)
		w.dense2(b.No, 2)
		x, err := w.s.Split(ctx, w.anna, b.No, follow.Message.ID, ticket.Splitting{Key: "s"})
		fixture.Must(t, err)
		if again, err := w.s.Split(ctx, w.anna, b.No, follow.Message.ID, ticket.Splitting{Key: "s"}); err != nil || again.No != x.No {
			t.Errorf("split again: %s, %v", again.No, err)
		}
		v, err := w.s.Get(ctx, w.partner, x.No)
		if err != nil || v.Text != "To the old number" || len(v.Relations) != 1 || v.Relations[0].No != b.No || v.OpenedBy != w.partner.User {
			t.Errorf("split off: %+v, %v", v, err)
		}
		w.dense(x.No)
	})
}

// dense2 is dense of a ticket from which so many numbers were moved away.
func (w *world) dense2(no string, moved int) {
	w.t.Helper()
	x, err := ticket.Find(w.t.Context(), w.d.Read(), no)
	fixture.Must(w.t, err)
	ms, log, err := ticket.After(w.t.Context(), w.d.Read(), no, 0)
	fixture.Must(w.t, err)
	if len(ms)+len(log)+moved != int(x.Edition) {
		w.t.Errorf("%s: %d messages, %d rows, edition %d", no, len(ms), len(log), x.Edition)
	}
}

func TestLabelsRelationsCopiesAndWithdrawalsHaveTheirLimits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		var ids []int64
		for i := range 6 {
			l, err := w.s.AddLabel(ctx, w.partner, ticket.Label{Name: fmt.Sprint("label ", i), Color: "#0a0b0c"})
			fixture.Must(t, err)
			ids = append(ids, l.ID)
		}
		if _, err := w.s.AddLabel(ctx, w.partner, ticket.Label{Name: "LABEL 1", Color: "#0a0b0c"}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a name twice: %v", err)
		}
		var nos []string
		for i := range 5 {
			nos = append(nos, w.open(w.partner, business(fmt.Sprint("Ticket ", i))).No)
		}
		refused(t, "six labels", w.s.Label(ctx, w.partner, nos[0], ids), ticket.TooManyLabels)
		fixture.Must(t, w.s.Label(ctx, w.partner, nos[0], ids[:5]))
		refused(t, "a stranger's label", w.s.Label(ctx, w.partner, nos[0], []int64{7}), ticket.UnknownLabel)
		fixture.Must(t, w.s.RemoveLabel(ctx, w.partner, ids[0]))
		rows, err := w.s.List(ctx, w.partner, ticket.Filter{Labels: ids[1:3]})
		if err != nil || len(rows) != 1 || len(rows[0].Labels) != 4 {
			t.Errorf("by labels: %+v, %v", rows, err)
		}
		refused(t, "itself", w.s.Relate(ctx, w.partner, nos[0], nos[:1]), ticket.SelfRelation)
		fixture.Must(t, w.s.Relate(ctx, w.partner, nos[0], nos[1:4]))
		refused(t, "a fourth", w.s.Relate(ctx, w.partner, nos[4], nos[:1]), ticket.TooManyRelations)
		fixture.Must(t, w.s.Unrelate(ctx, w.partner, nos[2], nos[0]))
		if all, err := w.s.Relations(ctx, w.partner, nos[0]); err != nil || len(all) != 2 {
			t.Errorf("relations: %v, %v", all, err)
		}
		in := business("copies")
		in.CC = []string{"not an address"}
		_, err = w.s.Open(ctx, w.partner, in)
		refused(t, "a bad copy", err, ticket.BadCC)
		in.CC, in.Contact = nil, ticket.Contact{Mail: "somebody@else.example"}
		_, err = w.s.Open(ctx, w.partner, in)
		refused(t, "an unknown contact", err, ticket.NotVerified)

		said := w.say(w.partner, nos[0], "oops")
		_, err = w.s.Withdraw(ctx, w.user, nos[0], said.Message.ID)
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger withdraws: %v", err)
		}
		if m, err := w.s.Withdraw(ctx, w.partner, nos[0], said.Message.ID); err != nil || !m.Withdrawn() || m.Body != "" {
			t.Errorf("withdrawn: %+v, %v", m, err)
		}
		said = w.say(w.partner, nos[0], "read")
		fixture.Must(t, w.s.MarkRead(ctx, w.anna, nos[0], 0))
		_, err = w.s.Withdraw(ctx, w.partner, nos[0], said.Message.ID)
		refused(t, "one that was read", err, ticket.WithdrawRead)
		said = w.say(w.partner, nos[0], "late")
		w.clock.Advance(3 * time.Minute)
		_, err = w.s.Withdraw(ctx, w.partner, nos[0], said.Message.ID)
		refused(t, "a late one", err, ticket.WithdrawLate)
		w.dense(nos[0])
	})
}

func TestEverybodySeesTheOwnTicketsAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		own := w.open(w.customer, business("By the customer's administrator"))
		mine := w.open(w.user, business("By a user of the customer"))
		partners := w.open(w.partner, business("By the partner"))
		w.open(w.other, business("By another partner"))
		for _, c := range []struct {
			who  string
			by   actor.Actor
			box  ticket.Box
			want int
		}{
			{"customer's administrator", w.customer, ticket.Own, 2}, {"customer's user", w.user, ticket.Own, 1}, {"customer's user at a desk", w.user, ticket.Queue, 1},
			{"partner", w.partner, ticket.Own, 1}, {"partner's desk", w.partner, ticket.Queue, 2}, {"partner, all", w.partner, ticket.All, 2},
			{"account manager without customers", w.seller, ticket.Queue, 0}, {"other partner's desk", w.other, ticket.Queue, 0},
			{"vendor's queue", w.anna, ticket.Queue, 2}, {"vendor", w.anna, ticket.Own, 4}, {"auditor", w.auditor, ticket.All, 4},
		} {
			rows, err := w.s.List(ctx, c.by, ticket.Filter{Box: c.box})
			n, e := w.s.Count(ctx, c.by, ticket.Filter{Box: c.box})
			if err != nil || e != nil || len(rows) != c.want || int(n) != c.want {
				t.Errorf("%s: %d rows, count %d, %v, %v; want %d", c.who, len(rows), n, err, e, c.want)
			}
		}
		if _, err := w.s.Act(ctx, w.auditor, partners.No, ticket.Deed{Action: ticket.Accept}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("an auditor accepts: %v", err)
		}
		if _, err := w.s.Act(ctx, w.anna, own.No, ticket.Deed{Action: ticket.Accept}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("the vendor accepts at the partner's desk: %v", err)
		}
		w.pages(mine.No)
		w.files2()
	})
}

// pages reads the vendor's list two at a time, in each order.
func (w *world) pages(unread string) {
	w.t.Helper()
	for _, sort := range []ticket.Sort{ticket.Newest, ticket.ByDue, ticket.ByTouched} {
		var got []string
		f := ticket.Filter{Sort: sort, Limit: 2}
		for range 5 {
			rows, err := w.s.List(w.t.Context(), w.anna, f)
			fixture.Must(w.t, err)
			for _, r := range rows {
				got = append(got, r.No)
			}
			if len(rows) < 2 {
				break
			}
			f.After = rows[1].Mark(sort)
		}
		seen := map[string]bool{}
		for _, no := range got {
			seen[no] = true
		}
		if len(got) != 4 || len(seen) != 4 {
			w.t.Errorf("sorted %q: %v", sort, got)
		}
	}
	w.say(w.partner, unread, "An answer of the desk")
	rows, err := w.s.List(w.t.Context(), w.user, ticket.Filter{Unread: true, CountUnread: true})
	if err != nil || len(rows) != 1 || !rows[0].Unread || rows[0].UnreadN != 1 {
		w.t.Errorf("unread: %+v, %v", rows, err)
	}
	fixture.Must(w.t, w.s.MarkRead(w.t.Context(), w.user, unread, 0))
	if rows, err = w.s.List(w.t.Context(), w.user, ticket.Filter{Unread: true}); err != nil || len(rows) != 0 {
		w.t.Errorf("read: %+v, %v", rows, err)
	}
}

func (w *world) files2() {
	w.t.Helper()
	var b bytes.Buffer
	loc := &i18n.Loc{Lang: i18n.English, TZ: calendar.Zone}
	fixture.Must(w.t, w.s.Export(w.t.Context(), w.customer, &b, ticket.CSV, ticket.Filter{}, loc))
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil || len(rows) != 3 || rows[0][0] != "Number" {
		w.t.Errorf("export: %v, %v", rows, err)
	}
	err = w.s.Export(w.t.Context(), w.user, &b, ticket.CSV, ticket.Filter{}, loc)
	refused(w.t, "export without the privilege", err, ticket.NoPermission)
}

func TestAFaultOfEquipmentGoesToWhoeverSoldIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		store, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		base := equipment.New(w.d, store)
		base.Register(w.runner)
		imp, err := base.Upload(ctx, w.Vendor(), "base.csv", strings.NewReader("serial_number,product,customer,partner,delivered,maintained_until\n"+
			"SN-1,S10506,Harbour,Beacon,2025-01-01,2027-01-01\nSN-2,S10506,Harbour,Beacon,2023-01-01,2026-01-01\n"))
		fixture.Must(t, err)
		w.drain()
		fixture.Must(t, base.Confirm(ctx, w.Vendor(), imp.ID))
		w.drain()
		set, err := taxonomy.Read(ctx, w.d.Read())
		fixture.Must(t, err)
		fault := func(serial string) ticket.Ticket {
			in := ticket.Opening{Body: "Fan fails", ProblemType: taxonomy.HardwareFault, Region: set.Regions()[0].ID, Serial: serial}
			return w.open(w.user, in)
		}
		if x := fault("sn-1"); x.Desk != w.other.Account || x.Partner != w.other.Account || x.Extra[taxonomy.SerialField] == "" || x.Drawn != "" {
			t.Errorf("under maintenance: %+v; want it at the seller's desk", x)
		}
		for _, serial := range []string{"SN-2", "SN-9"} {
			if x := fault(serial); x.Desk != w.partner.Account {
				t.Errorf("%s went to %s, want the customer's partner", serial, x.DeskName)
			}
		}
		w.plan(w.other, "STANDARD")
		own := ticket.Opening{Body: "Our own", ProblemType: taxonomy.HardwareFault, Region: set.Regions()[0].ID, Serial: "SN-1"}
		if x := w.open(w.other, own); !x.VendorDesk || x.Drawn == "" {
			t.Errorf("the seller's own: %+v; want it at the vendor's desk", x)
		}
	})
}
