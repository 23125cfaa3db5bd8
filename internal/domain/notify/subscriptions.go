package notify

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A rule says what an event of a kind gives reason to say.
type rule struct {
	kind  string
	notes func(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error)
}

// on makes a rule from a function of the event's payload.
func on[T outbox.Fact](kind string, say func(x T, vendor string) []Note) func(s *Service) rule {
	return func(s *Service) rule {
		return rule{kind, func(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error) {
			x, err := outbox.As[T](e)
			if err != nil {
				return nil, err
			}
			vendor, err := s.directory.Vendor(ctx, q)
			if err != nil {
				return nil, err
			}
			return say(x, vendor), nil
		}}
	}
}

// Who reads what: the people who act on it.
var (
	partnerDesk  = []actor.Role{actor.PartnerAdmin, actor.ServiceManager}
	reviewers    = []actor.Role{actor.VendorAdmin, actor.Reviewer}
	channelDesk  = []actor.Role{actor.VendorAdmin, actor.ChannelManager}
	accountAdmin = []actor.Role{actor.VendorAdmin, actor.PartnerAdmin, actor.CustomerAdmin}
)

// rules is the whole table of who is told what: signInRules and accountRules in people.go, applicationRules,
// qualificationRules and staffingRules in channel.go.
func rules() (all []func(*Service) rule) {
	all = append(all, signInRules()...)
	all = append(all, accountRules()...)
	all = append(all, applicationRules()...)
	all = append(all, qualificationRules()...)
	all = append(all, stageRules()...)
	all = append(all, materialRules()...)
	all = append(all, declarationRules()...)
	all = append(all, feedRules()...)
	all = append(all, roundRules()...)
	all = append(all, ledgerRules()...)
	all = append(all, budgetRules()...)
	all = append(all, orderRules()...)
	all = append(all, productRules()...)
	all = append(all, delegationRules()...)
	all = append(all, dutyRules()...)
	all = append(all, entitlementRules()...)
	all = append(all, agentRules()...)
	all = append(all, contractRules()...)
	all = append(all, voucherRules()...)
	all = append(all, fundsRules()...)
	all = append(all, treasuryRules()...)
	all = append(all, distributionRules()...)
	all = append(all, billRules()...)
	all = append(all, equipmentRules()...)
	all = append(all, pathRules()...)
	all = append(all, memberRules()...)
	all = append(all, realNameRules()...)
	all = append(all, addressRules()...)
	all = append(all, programRules()...)
	all = append(all, ticketRules()...)
	all = append(all, ticketMailRules()...)
	return append(all, staffingRules()...)
}

func (s *Service) subscribe(r *jobs.Runner) {
	r.Inside(laterKind, s.later)
	for _, make := range rules() {
		s.on(r, "notify.", make(s))
	}
	for _, make := range deskRules() { // of tickets the customer's side is told apart
		s.on(r, "notify.desk.", make(s))
	}
}

func (s *Service) on(r *jobs.Runner, name string, x rule) {
	s.named[name+x.kind] = x
	r.On(x.kind, name+x.kind, func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		notes, err := x.notes(ctx, tx, e)
		if err != nil {
			return err
		}
		at := time.Time{}
		for i, n := range notes {
			if n.Later.After(tx.Now) {
				notes[i].Quiet, at = true, n.Later
			}
		}
		if !at.IsZero() {
			if err := jobs.Add(ctx, tx, jobs.New{Kind: laterKind, Key: name + e.ID, Account: e.Account, Payload: postponed{name + x.kind, e}, RunAt: at}); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, e, notes)
	})
}

const laterKind = "notify.later"

// postponed is an event whose mails wait, and the rule that makes them.
type postponed struct {
	Rule  string
	Event outbox.Event
}

// later sends the mails that waited. The rule looks at things as they are now.
func (s *Service) later(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var p postponed
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return err
	}
	x, ok := s.named[p.Rule]
	if !ok {
		return nil // a rule of another version
	}
	notes, err := x.notes(ctx, tx, p.Event)
	if err != nil {
		return err
	}
	var due []Note
	for _, n := range notes {
		if !n.Later.IsZero() {
			n.MailOnly = true
			due = append(due, n)
		}
	}
	return s.tell(ctx, tx, p.Event, due)
}

// title is a text that comes in both languages with the event.
func title(en, zh string) i18n.Msg {
	return i18n.Both(map[string]string{i18n.English: en, i18n.Chinese: zh})
}
