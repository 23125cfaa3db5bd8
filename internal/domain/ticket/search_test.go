package ticket

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// The companies of these tests: a vendor, two partners, a customer of the first.
const vendorID, partnerID, otherID, customerID = "0v", "0p", "0q", "0c"

func someone(kind actor.Kind, account, user string, roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: kind, Account: account, User: user, Name: user, Roles: roles, Via: "session"}
}

var (
	engineer = someone(actor.Vendor, vendorID, "usr_engineer", actor.SupportEngineer)
	auditor  = someone(actor.Vendor, vendorID, "usr_auditor", actor.Auditor)
	seller   = someone(actor.Partner, partnerID, "usr_seller", actor.PartnerAdmin)
	stranger = someone(actor.Partner, otherID, "usr_stranger", actor.PartnerAdmin)
	buyer    = someone(actor.Customer, customerID, "usr_buyer", actor.CustomerAdmin)
	clerk    = someone(actor.Customer, customerID, "usr_clerk", actor.CustomerUser)
)

// A tale is a ticket in short: who opened it at whose desk, and what was said.
type tale struct {
	n        int // of its number, and the minute it was opened
	by       actor.Actor
	desk     string
	partner  string
	state    State
	owner    string
	title    string
	said     []string // the first is the description; "desk: …" is a note of that desk
	labelled string
}

func (x tale) no() string { return fmt.Sprintf("TT20260306%06d", x.n) }

// write stores the ticket as its verbs do, with its words.
func (x tale) write(t *testing.T, d *db.DB) {
	t.Helper()
	at := dbtest.Start.Add(time.Duration(x.n) * time.Minute)
	k := Ticket{Account: x.by.Account, AccountName: "Company " + x.by.Account, No: x.no(), State: x.state, Title: x.title, Text: x.said[0], Desk: x.desk,
		VendorDesk: x.desk == vendorID, Partner: x.partner, OpenedBy: x.by.User, OpenedName: "Opener " + x.by.User, Owner: x.owner, CaseType: "0",
		OpenedAt: at, StateAt: at, TouchedAt: at}
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		if _, err := takeNumber(t.Context(), tx, k.No, k.Account); err != nil {
			return err
		}
		for i, body := range x.said {
			m := Message{Account: k.Account, No: k.No, Seq: int64(i + 1), ID: fmt.Sprintf("msg_%d_%d", x.n, i), Side: Customer, First: i == 0, Body: body, At: at}
			if desk, note, ok := strings.Cut(body, ": "); ok && i > 0 {
				m.Side, m.Internal, m.Desk, m.Body = Desk, true, desk, note
			}
			if err := insertMessage(t.Context(), tx, m); err != nil {
				return err
			}
		}
		if x.labelled != "" {
			if _, err := insertLabel(t.Context(), tx, Label{Account: k.Account, ID: int64(x.n), Name: x.labelled, Color: "#000000"}); err != nil {
				return err
			}
			if _, err := db.Exec(t.Context(), tx, `INSERT INTO ticket_labelled (account_id, no, label_id) VALUES ($1, $2, $3)`, k.Account, k.No, x.n); err != nil {
				return err
			}
		}
		k.Edition = int64(len(x.said))
		if err := insert(t.Context(), tx, k); err != nil {
			return err
		}
		return index(t.Context(), tx, k)
	})
	if err != nil {
		t.Fatal(err)
	}
}

var tales = []tale{
	{n: 1, by: buyer, desk: partnerID, partner: partnerID, title: "部署失败", said: []string{"升级后部署失败，交换机 S5130S-EI 10.0.0.1", "请尽快处理", "0p: 客户欠款 warranty void"}, labelled: "紧急"},
	{n: 2, by: clerk, desk: vendorID, partner: partnerID, title: "Router reboots", said: []string{"The router reboots", "0v: firmware bug 4711", "0p: ask the vendor's friend"}},
	{n: 3, by: seller, desk: vendorID, title: "License", said: []string{"Where is my license? router"}, state: Done, owner: engineer.User},
	{n: 4, by: stranger, desk: vendorID, title: "数据库", said: []string{"数据库连接超时 router", "0v: 部署失败 as well"}, state: Processing},
	{n: 5, by: stranger, desk: vendorID, title: "gone", said: []string{"deleted router"}, state: Deleted},
}

// TestEverybodyFindsByWhatHeMayReadAndNothingElse is the table of who finds what by which words.
func TestEverybodyFindsByWhatHeMayReadAndNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		s := New(d, nil)
		for _, x := range tales {
			x.write(t, d)
		}
		for _, c := range []struct {
			name  string
			by    actor.Actor
			f     Filter
			found string
		}{
			{"everybody's words", engineer, Filter{Search: "router"}, "4 3 2"},
			{"deleted ones for whoever restores them", engineer, Filter{Search: "router", Deleted: true}, "5"},
			{"a customer's user, the own ones alone", clerk, Filter{Search: "router"}, "2"},
			{"a customer's user, a colleague's", clerk, Filter{Search: "部署"}, ""},
			{"a customer's administrator, everybody's of the company", buyer, Filter{Search: "router"}, "2"},
			{"a partner's own", seller, Filter{Search: "router"}, "3"},
			{"a partner's desk", seller, Filter{Box: HadBox, Search: "router"}, "2"},
			{"a partner's desk, what it serves now", seller, Filter{Box: Queue, Search: "部署失败"}, "1"},
			{"a stranger", stranger, Filter{Box: HadBox, Search: "router"}, ""},

			{"the vendor's note, the vendor", engineer, Filter{Search: "4711"}, "2"},
			{"the vendor's note, who only reads", auditor, Filter{Search: "firmware bug"}, "2"},
			{"the vendor's note, the partner", seller, Filter{Box: HadBox, Search: "firmware"}, ""},
			{"the vendor's note, the customer", clerk, Filter{Search: "firmware"}, ""},
			{"the partner's note, the partner", seller, Filter{Box: HadBox, Search: "欠款"}, "1"},
			{"the partner's note, the vendor", engineer, Filter{Search: "欠款 warranty"}, "1"},
			{"the partner's note, the customer", buyer, Filter{Search: "欠款"}, ""},
			{"a word of the note and one of the text", seller, Filter{Box: HadBox, Search: "交换机 warranty"}, "1"},
			{"a word of the note spelt as it's stored", buyer, Filter{Search: "~n~warranty"}, ""},
			{"a tag spelt as it's stored", stranger, Filter{Search: "~~v.0c router"}, ""},

			{"order of the characters", engineer, Filter{Search: "失败部署"}, ""},
			{"across messages", buyer, Filter{Search: "部署失败 尽快"}, "1"},
			{"number", engineer, Filter{Search: "TT20260306000002"}, "2"},
			{"number in small letters", engineer, Filter{Search: "tt20260306000002"}, "2"},
			{"digits of the number", engineer, Filter{Search: "20260306000002"}, "2"},
			{"an id in the text", buyer, Filter{Search: "s5130s-ei 10.0.0.1"}, "1"},
			{"a label", buyer, Filter{Search: "紧急"}, "1"},
			{"the requester", engineer, Filter{Search: "Opener usr_clerk"}, "2"},
			{"the company", engineer, Filter{Search: "company 0q"}, "4"},
			{"a prefix", engineer, Filter{Search: "rebo*"}, "2"},
			{"nothing to search for", engineer, Filter{Search: "，。!"}, ""},
			{"only spaces are no search", engineer, Filter{Search: "  "}, "4 3 2 1"},

			{"with a state", engineer, Filter{Search: "router", States: []State{Done}}, "3"},
			{"with open ones", engineer, Filter{Search: "router", Active: true}, "4 2"},
			{"with an owner", engineer, Filter{Search: "router", Owner: engineer.User}, "3"},
			{"with nobody", engineer, Filter{Search: "router", Owner: "-"}, "4 2"},
			{"with a company", engineer, Filter{Search: "router", Account: customerID}, "2"},
			{"in another order", engineer, Filter{Search: "router", Sort: ByTouched}, "4 3 2"},
			{"after a row", engineer, Filter{Search: "router", After: Mark{dbtest.Start.Add(4 * time.Minute).UnixMicro(), "TT20260306000004"}}, "3 2"},
			{"by pages", engineer, Filter{Search: "router", Offset: 1, Limit: 1}, "3"},

			{"the description alone", engineer, Filter{Words: []string{"router reboots"}}, "2"},
			{"the description alone, words of its own each", engineer, Filter{Words: []string{"数据库", "超时"}}, "4"},
			{"the description alone, a message", buyer, Filter{Words: []string{"尽快"}}, ""},
			{"the description alone, the subject", engineer, Filter{Words: []string{"license router"}}, "3"},
			{"number or description", buyer, Filter{App: "TT20260306000001"}, "1"},
			{"number or description, a word", buyer, Filter{App: "交换机"}, "1"},
			{"number or description, a message", buyer, Filter{App: "尽快"}, ""},
		} {
			rows, err := s.List(t.Context(), c.by, c.f)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if got := numbers(rows); got != c.found {
				t.Errorf("%s: %+v finds %q, want %q", c.name, c.f, got, c.found)
			}
			c.f.After, c.f.Offset, c.f.Limit = Mark{}, 0, 0
			n, err := s.Count(t.Context(), c.by, c.f)
			if all, _ := s.List(t.Context(), c.by, c.f); err != nil || int(n) != len(all) {
				t.Errorf("%s: Count = %d, %v; want %d", c.name, n, err, len(all))
			}
		}
		_, err := s.List(t.Context(), engineer, Filter{Search: strings.Repeat("长", MostSearch+1)})
		if fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a search of %d characters: %v", MostSearch+1, err)
		}
	})
}

func numbers(rows []Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimLeft(r.No[10:], "0"))
	}
	return strings.Join(out, " ")
}

// TestAnExcerptShowsOnlyWhatTheReaderSees looks at the first text with the words.
func TestAnExcerptShowsOnlyWhatTheReaderSees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		s := New(d, nil)
		for _, x := range tales {
			x.write(t, d)
		}
		for _, c := range []struct {
			by     actor.Actor
			box    Box
			search string
			want   string
		}{
			{engineer, All, "部署失败", "4:fulltext.in_note [部署失败] as well 1:fulltext.in_title [部署失败]"},
			{engineer, All, "交换机", "1:fulltext.in_description 升级后部署失败，[交换机] S5130S-EI 10.0.0.1"},
			{seller, HadBox, "warranty", "1:fulltext.in_note 客户欠款 [warranty] void"},
			{buyer, Own, "尽快", "1:fulltext.in_message 请[尽快]处理"},
			{buyer, Own, "紧急", "1:fulltext.in_label [紧急]"},
			{engineer, All, "TT20260306000002", "2:fulltext.in_number [TT20260306000002]"},
			{engineer, All, "usr_clerk", "2:fulltext.in_requester Opener [usr_clerk]"},
		} {
			rows, err := s.List(t.Context(), c.by, Filter{Box: c.box, Search: c.search})
			if err != nil {
				t.Fatal(err)
			}
			found, err := s.Excerpts(t.Context(), c.by, c.search, rows)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				e := found[r.No]
				line := strings.TrimLeft(r.No[10:], "0") + ":" + e.Where.Key + " "
				for _, p := range e.Pieces {
					if p.Hit {
						line += "[" + p.Text + "]"
					} else {
						line += p.Text
					}
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("%s for %q: -want +got\n%s", c.by.User, c.search, diff)
			}
		}
	})
}

// TestWindowsFindWhatTheWholeIndexDoes pages through what words of every frequency find, with windows of a few tickets, and
// compares with the index asked at once.
func TestWindowsFindWhatTheWholeIndexDoes(t *testing.T) {
	const tickets = 160
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		for n := range tickets {
			x := tale{n: n*n*7 + 1, by: stranger, desk: vendorID, title: "every", said: []string{"every"}} // ever further apart
			for _, every := range []int{2, 7, 40, 90} {
				if n%every == 3%every {
					x.said[0] += fmt.Sprintf(" by%d", every)
				}
			}
			if n%5 == 0 {
				x.owner = engineer.User
			}
			x.write(t, d)
		}
		for _, f := range []Filter{{Search: "every"}, {Search: "by2"}, {Search: "by7"}, {Search: "by40"}, {Search: "by90"}, {Search: "nowhere"},
			{Search: "by2 by7"}, {Search: "every", Technical: new(bool)}, {Search: "by2", Owner: engineer.User},
			{Search: "every", To: dbtest.Start.Add(900 * time.Minute)}} {
			f.Limit = 6
			expression, _ := f.expression(engineer)
			whole := f
			whole.Limit = tickets
			want, err := rowsOf(t.Context(), d.Read(), engineer, whole, hits{expression: expression})
			if err != nil {
				t.Fatal(err)
			}
			var got []Row
			for {
				page, err := newest(t.Context(), d.Read(), engineer, f, 4)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				got = append(got, page...)
				f.After = page[len(page)-1].Mark(Newest)
			}
			if diff := cmp.Diff(numbers(want), numbers(got)); diff != "" {
				t.Errorf("%q: whole index -, windows +\n%s", f.Search, diff)
			}
			f.After, f.Offset = Mark{}, 3
			page, err := newest(t.Context(), d.Read(), engineer, f, 4)
			if err != nil {
				t.Fatal(err)
			}
			from := min(f.Offset, len(want))
			if diff := cmp.Diff(numbers(want[from:min(from+f.Limit, len(want))]), numbers(page)); diff != "" {
				t.Errorf("%q, from the fourth: whole index -, windows +\n%s", f.Search, diff)
			}
		}
	})
}

// TestAnIndexIsMadeAnewAndGoesOnWhereItWas loses the words of all tickets, and stops the job in the middle.
func TestAnIndexIsMadeAnewAndGoesOnWhereItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		s, r := New(d, nil), jobs.NewRunner(d, slog.New(slog.DiscardHandler))
		s.registerIndex(r)
		const tickets = 2*renewBatch + 20
		for n := range tickets {
			tale{n: n + 1, by: stranger, desk: vendorID, title: "every", said: []string{"every"}}.write(t, d)
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		found := func() int64 {
			n, err := s.Count(t.Context(), engineer, Filter{Search: "every"})
			must(err)
			return n
		}
		must(d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `DELETE FROM ticket_words`)
			return err
		}))
		if n := found(); n != 0 {
			t.Fatalf("%d found without words", n)
		}
		must(d.Update(t.Context(), func(tx *db.Tx) error { // begun, and stopped after the first tickets
			must(beginRenewal(t.Context(), tx, progress{}))
			p, err := readProgress(t.Context(), tx)
			must(err)
			p.doneTo, p.done = "TT20260306000060", 60
			return saveProgress(t.Context(), tx, p)
		}))
		must(r.Drain(t.Context()))
		if n := found(); n != tickets-60 {
			t.Errorf("%d found, want %d: those after the first 60", n, tickets-60)
		}
		x, err := s.Index(t.Context(), someone(actor.Vendor, vendorID, "usr_admin", actor.VendorAdmin))
		must(err)
		if x.Renewing || x.Done != tickets || x.Total != tickets || x.Version != x.Wanted {
			t.Errorf("the index says %+v", x)
		}
		must(s.RenewIndex(t.Context(), someone(actor.Vendor, vendorID, "usr_admin", actor.VendorAdmin)))
		must(r.Drain(t.Context()))
		if n := found(); n != tickets {
			t.Errorf("%d found after all, want %d", n, tickets)
		}
		if err := s.RenewIndex(t.Context(), seller); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner renews the index: %v", err)
		}
	})
}
