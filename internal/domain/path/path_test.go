package path_test

import (
	"bytes"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/material"
	"hanse/internal/domain/path"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/programs"
)

type world struct {
	*fixture.World
	t        *testing.T
	clock    *clock.Manual
	runner   *jobs.Runner
	q        *qualification.Service
	material *material.Service
	s        *path.Service
	reviewer actor.Actor
	channel  actor.Actor
}

func each(t *testing.T, test func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		f := fixture.New(t, d)
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		lib, err := programs.Library()
		fixture.Must(t, err)
		people := roster.New(roster.Config{DB: d, Credentials: credential.New(d, func() *program.Catalogue { return lib.Catalogue }),
			Files: files, NewPerson: account.InsertPerson})
		w := &world{World: f, t: t, clock: c, runner: f.Runner(), material: material.New(d, files, calendar.Standard()),
			q: qualification.New(d, files, qualification.Wire(people, calendar.Standard(), nil), slog.New(slog.DiscardHandler))}
		_, err = w.q.Load(t.Context(), "")
		fixture.Must(t, err)
		w.s = path.New(d, w.q)
		w.q.Register(w.runner)
		w.s.Register(w.runner)
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.reviewer, w.channel = f.VendorUser(actor.Reviewer), f.VendorUser(actor.ChannelManager)
		test(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	fixture.Must(w.t, err)
}

// apply brings an application for a program's level to the vendor's decision.
func (w *world) apply(by actor.Actor, programID, level string) error {
	w.t.Helper()
	ctx := w.t.Context()
	a, err := w.q.Draft(ctx, by, qualification.DraftInput{Program: programID, Level: level})
	if err != nil {
		return err
	}
	f := a.Form
	f.Country, f.Address, f.ContactName, f.ContactEmail = "SG", "1 Harbour Road", "Lin Yu", "lin@partner.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@partner.example", "Dee"
	if a, err = w.q.SaveForm(ctx, by, a.ID, a.Edition, f); err != nil {
		return err
	}
	if a, err = w.q.Submit(ctx, by, a.ID, a.Edition, true); err != nil {
		return err
	}
	a, err = w.q.Start(ctx, w.reviewer, a.ID, a.Edition)
	w.must(err)
	_, err = w.q.Approve(ctx, w.reviewer, a.ID, a.Edition)
	return err
}

// member is a partner that joined the network.
func (w *world) member(name string, channel ...account.Channel) actor.Actor {
	w.t.Helper()
	by := w.Partner(name, channel...)
	w.must(w.apply(by, path.Network, "joined"))
	return by
}

func (w *world) choose(by actor.Actor, p string) error {
	_, err := w.s.Choose(w.t.Context(), by, by.Account, p)
	return err
}

func (w *world) view(by actor.Actor, p string) path.View {
	w.t.Helper()
	v, err := w.s.Path(w.t.Context(), by, by.Account, p)
	w.must(err)
	return v
}

func kind(err error) fault.Kind { return fault.KindOf(err) }

func TestAPathIsChosenAfterJoiningTheNetwork(t *testing.T) {
	each(t, func(w *world) {
		by := w.Partner("North")
		if err := w.choose(by, "path-service"); kind(err) != fault.KindInvalid {
			t.Errorf("outside the network: %v", err)
		}
		w.must(w.apply(by, path.Network, "joined"))
		v := w.view(by, "path-service")
		if !v.Can.Choose || v.Can.Apply || v.Can.Leave {
			t.Errorf("before choosing: %+v", v.Can)
		}
		w.must(w.choose(by, "path-service"))
		v = w.view(by, "path-service")
		if v.Selected() == nil || v.Can.Choose || !v.Can.Leave || len(v.Leaving) != 10 {
			t.Errorf("after choosing: %+v, %d blockers", v.Can, len(v.Leaving))
		}
		if err := w.choose(by, "path-service"); kind(err) != fault.KindConflict {
			t.Errorf("chosen twice: %v", err)
		}
		w.must(w.choose(by, "path-software")) // several roles are allowed
	})
}

func TestOneAccountOfACompanyHoldsTheServicePath(t *testing.T) {
	each(t, func(w *world) {
		first, second := w.member("Northern Light"), w.member("ＮＯＲＴＨＥＲＮ  light ") // width, case and spaces don't tell companies apart
		var wait sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wait.Go(func() { errs[i] = w.choose([]actor.Actor{first, second}[i%2], "path-service") })
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if kind(err) != fault.KindConflict {
				t.Errorf("the slower account: %v", err)
			}
		}
		if won != 1 {
			t.Fatalf("%d accounts hold the path, want one", won)
		}
		holder, other := first, second
		if w.view(first, "path-service").Selected() == nil {
			holder, other = second, first
		}
		if v := w.view(other, "path-service"); v.Can.Choose || v.Refused.IsZero() {
			t.Errorf("the other account may choose, or isn't told why not: %+v", v.Can)
		}
		w.must(w.s.Leave(t.Context(), holder, holder.Account, "path-service"))
		w.must(w.choose(other, "path-service"))
	})
}

func TestInvitedPathsNeedAnAcceptedInvitation(t *testing.T) {
	each(t, func(w *world) {
		by, ctx := w.member("North"), t.Context()
		if err := w.choose(by, "path-si"); kind(err) != fault.KindConflict {
			t.Errorf("without an invitation: %v", err)
		}
		if _, err := w.s.Invite(ctx, w.channel, by.Account, "path-service", ""); kind(err) != fault.KindInvalid {
			t.Errorf("an invitation to a path of free choice: %v", err)
		}
		i, err := w.s.Invite(ctx, w.channel, by.Account, "path-si", "Welcome.")
		w.must(err)
		if _, err := w.s.Invite(ctx, w.channel, by.Account, "path-si", ""); kind(err) != fault.KindConflict {
			t.Errorf("invited twice: %v", err)
		}
		if err := w.choose(by, "path-si"); kind(err) != fault.KindConflict {
			t.Errorf("before accepting: %v", err)
		}
		_, err = w.s.Accept(ctx, by, by.Account, i.ID)
		w.must(err)
		if _, err = w.s.Decline(ctx, by, by.Account, i.ID, ""); kind(err) != fault.KindConflict {
			t.Errorf("declined after accepting: %v", err)
		}
		w.must(w.choose(by, "path-si"))
		other := w.member("South")
		if _, err := w.s.Accept(ctx, other, other.Account, i.ID); kind(err) != fault.KindNotFound {
			t.Errorf("a stranger's invitation: %v", err)
		}
	})
}

func TestTheDistributorPathGoesFromInvitationToDecision(t *testing.T) {
	each(t, func(w *world) {
		by := w.member("North")
		if err := w.apply(by, path.Distributing, "selected"); kind(err) == "" {
			t.Error("applied without an invitation")
		}
		i, err := w.s.Invite(t.Context(), w.channel, by.Account, path.Distributing, "")
		w.must(err)
		_, err = w.s.Accept(t.Context(), by, by.Account, i.ID)
		w.must(err)
		if v := w.view(by, path.Distributing); v.Can.Choose || !v.Can.Apply {
			t.Errorf("after accepting: %+v", v.Can)
		}
		if err := w.choose(by, path.Distributing); kind(err) != fault.KindInvalid {
			t.Errorf("chosen without a decision: %v", err)
		}
		w.must(w.apply(by, path.Distributing, "selected"))
		if w.view(by, path.Distributing).Selected() == nil {
			t.Error("the path isn't held after the decision")
		}
	})
}

func TestADistributorInvitationIsBlockedWithAllReasons(t *testing.T) {
	each(t, func(w *world) {
		by := w.member("North", account.Reseller)
		w.must(w.apply(by, path.Solution, "joined"))
		distributor := w.Partner("Big", account.Distributor)
		_, err := w.Account.Associate(t.Context(), w.Vendor(), account.Association{Account: distributor.Account, Other: by.Account, Kind: account.ResellerOf})
		w.must(err)
		all, err := w.s.Inviting(t.Context(), w.channel, by.Account, path.Distributing)
		w.must(err)
		var got []string
		for _, b := range all {
			if b.Blocks {
				got = append(got, b.ID)
			}
		}
		if want := []string{"solution-provider", "reseller-customer"}; !slices.Equal(got, want) || len(all) != 10 {
			t.Errorf("blocking %v of %d, want %v of 10", got, len(all), want)
		}
		if _, err := w.s.Invite(t.Context(), w.channel, by.Account, path.Distributing, ""); kind(err) != fault.KindConflict {
			t.Errorf("Invite: %v", err)
		}
	})
}

func TestInvitationsEndByTheClock(t *testing.T) {
	each(t, func(w *world) {
		by := w.member("North")
		i, err := w.s.Invite(t.Context(), w.channel, by.Account, "path-learning", "")
		w.must(err)
		w.clock.Advance(time.Duration(i.ExpiresOn-calendar.DayOf(w.DB.Clock().Now())) * 24 * time.Hour)
		w.must(w.runner.Drain(t.Context()))
		if list, _ := w.s.Invitations(t.Context(), by, by.Account); list[0].State != path.Open {
			t.Errorf("on the last day: %s", list[0].State)
		}
		w.clock.Advance(24 * time.Hour)
		w.must(w.runner.Drain(t.Context()))
		if list, _ := w.s.Invitations(t.Context(), by, by.Account); list[0].State != path.Expired {
			t.Errorf("the day after: %s", list[0].State)
		}
		if _, err := w.s.Accept(t.Context(), by, by.Account, i.ID); kind(err) != fault.KindConflict {
			t.Errorf("accepted too late: %v", err)
		}
		_, err = w.s.Invite(t.Context(), w.channel, by.Account, "path-learning", "") // again
		w.must(err)
	})
}

func TestTheResellerProgramExcludesEveryOther(t *testing.T) {
	each(t, func(w *world) {
		by := w.member("North")
		i, err := w.s.Invite(t.Context(), w.channel, by.Account, path.Reseller, "")
		w.must(err)
		_, err = w.s.Accept(t.Context(), by, by.Account, i.ID)
		w.must(err)
		w.must(w.apply(by, path.Reseller, "joined"))
		if err := w.apply(by, "membership-pce", "joined"); kind(err) != fault.KindConflict {
			t.Errorf("a reseller joins another program: %v", err)
		}
		other := w.member("South")
		w.must(w.apply(other, "membership-pce", "joined"))
		i, err = w.s.Invite(t.Context(), w.channel, other.Account, path.Reseller, "")
		w.must(err)
		_, err = w.s.Accept(t.Context(), other, other.Account, i.ID)
		w.must(err)
		if err := w.apply(other, path.Reseller, "joined"); kind(err) != fault.KindConflict {
			t.Errorf("a member of another program becomes a reseller: %v", err)
		}
	})
}

// TestLeavingIsBlockedByEachOfTheKnownReasons tries each by itself; the rest reads as absent.
func TestLeavingIsBlockedByEachOfTheKnownReasons(t *testing.T) {
	for name, block := range map[string]func(w *world, by actor.Actor){
		"program":  func(w *world, by actor.Actor) { w.must(w.apply(by, "membership-pce", "joined")) },
		"solution": func(w *world, by actor.Actor) { w.draft(by, material.Solution) },
		"advanced-solution": func(w *world, by actor.Actor) {
			w.draft(by, material.AdvancedSolution)
		},
	} {
		each(t, func(w *world) {
			by := w.member("North")
			w.must(w.choose(by, "path-software"))
			block(w, by)
			v := w.view(by, "path-software")
			var got []string
			for _, b := range v.Leaving {
				if b.Blocks {
					got = append(got, b.ID)
				}
			}
			if !slices.Equal(got, []string{name}) || v.Can.Leave {
				t.Errorf("%s: blocked by %v, may leave %v", name, got, v.Can.Leave)
			}
			if err := w.s.Leave(t.Context(), by, by.Account, "path-software"); kind(err) != fault.KindConflict {
				t.Errorf("%s: Leave: %v", name, err)
			}
		})
	}
}

// draft begins a material with a file.
func (w *world) draft(by actor.Actor, k material.Kind) material.Material {
	w.t.Helper()
	m, err := w.material.Create(w.t.Context(), by, material.NewMaterial{Partner: by.Account, Kind: k, Fields: material.Fields{Title: "Product", Summary: "S",
		FinishedOn: calendar.DayOf(w.DB.Clock().Now()).AddDays(-9)}})
	w.must(err)
	_, err = w.material.AddFile(w.t.Context(), by, m.ID, "product.pdf", bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n")))
	w.must(err)
	m.Edition++
	return m
}

func TestACertifiedRoleKeepsThePartnerInThePath(t *testing.T) {
	each(t, func(w *world) {
		by, ctx := w.member("North"), t.Context()
		w.must(w.choose(by, "path-software"))
		m, err := w.material.Submit(ctx, by, w.draft(by, material.Solution).ID, 2)
		w.must(err)
		_, err = w.material.Pass(ctx, w.reviewer, m.ID, m.Edition)
		w.must(err)
		w.must(w.apply(by, "path-software", "role"))
		blocked := map[string]bool{}
		for _, b := range w.view(by, "path-software").Leaving {
			blocked[b.ID] = b.Blocks
		}
		if !blocked["role"] || !blocked["solution"] || blocked["competency"] {
			t.Errorf("blockers %v", blocked)
		}
	})
}

func TestStrangersNeitherSeeNorChoose(t *testing.T) {
	each(t, func(w *world) {
		by, other := w.member("North"), w.Partner("South")
		if _, err := w.s.Choose(t.Context(), other, by.Account, "path-service"); kind(err) != fault.KindNotFound {
			t.Errorf("Choose for another: %v", err)
		}
		if _, err := w.s.Paths(t.Context(), other, by.Account); kind(err) != fault.KindNotFound {
			t.Errorf("Paths of another: %v", err)
		}
		if _, err := w.s.Invite(t.Context(), by, by.Account, "path-si", ""); kind(err) != fault.KindDenied {
			t.Errorf("a partner invites itself: %v", err)
		}
		joined, err := w.s.Memberships(t.Context(), by, by.Account)
		if err != nil || len(joined) != 9 || joined[0].Program != path.Network || joined[0].Held == nil {
			t.Errorf("Memberships: %d, %v", len(joined), err)
		}
	})
}
