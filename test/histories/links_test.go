package histories

import (
	"context"
	"fmt"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/voucher"
)

// do calls what has no key. Now and then the process dies in the middle and whoever asked tries again; if that is
// refused, it was done by the call that died, when it could be done at all.
func (h *history) do(verb, what string, legal bool, call func(ctx context.Context) error) (done bool, err error) {
	first := h.ctx
	if h.rng.IntN(8) == 0 {
		first = h.fuse()
	}
	err = call(first)
	died := first != h.ctx && err != nil && !refused(err)
	if died {
		h.count["died"]++
		err = call(h.ctx)
	}
	switch {
	case err != nil && !refused(err):
		return false, fmt.Errorf("%s: %w", what, err)
	case err == nil && !legal:
		return false, fmt.Errorf("%s was done, and mustn't", what)
	case err != nil && legal && !died:
		return false, fmt.Errorf("%s was refused (%w), and nothing stands in the way", what, err)
	}
	if legal {
		h.count[verb]++
	} else {
		h.count["refused: "+verb]++
	}
	return legal, nil
}

// join makes a customer somebody's by a link.
func (h *history) join(c int) error {
	p := h.seller()
	model := []account.Link{account.Resale, account.Resale, account.Referral}[h.rng.IntN(3)]
	_, has := h.partner[c]
	legal := !has && (p == provider || h.under[p]) && h.clock.Now().Sub(h.born) <= 7*24*time.Hour
	if !legal && !has && p != provider { // such a partner can't even invite
		return nil
	}
	done, err := h.do("join", names[c]+" joins "+names[p], legal, func(ctx context.Context) error {
		token, err := h.link(ctx, p, distribution.NewInvitation{Kind: model})
		if err != nil {
			return err
		}
		return h.channel.Accept(ctx, h.who[c], token)
	})
	if done {
		h.relate(p, c, model)
	}
	return err
}

// enlist makes a reseller the distributor's again.
func (h *history) enlist() error {
	if !h.distributes() {
		return h.wait()
	}
	r, parted := some(h, h.sellers, func(r int) bool { return !h.under[r] })
	if !parted && h.likely() {
		return h.answer()
	}
	if !parted {
		r = h.seller()
	}
	done, err := h.do("enlist", names[r]+" joins the distributor", !h.under[r], func(ctx context.Context) error {
		token, err := h.link(ctx, dist, distribution.NewInvitation{Kind: account.ResellerOf, Email: "x@partner.example"})
		if err != nil {
			return err
		}
		return h.channel.Accept(ctx, h.who[r], token)
	})
	if done {
		h.under[r] = true
	}
	return err
}

// ask asks to end an association, or to change its model, from either side.
func (h *history) ask() error {
	a := &ask{partner: dist, other: h.seller(), operation: distribution.Dissociate, at: h.clock.Now(), open: true}
	related := h.under[a.other]
	if !h.distributes() || h.rng.IntN(3) > 0 {
		a.other = one + h.rng.IntN(2)
		l, ok := h.partner[a.other]
		if a.partner, related = l.by, ok; !ok {
			return h.join(a.other)
		}
		if h.rng.IntN(3) == 0 {
			a.operation = distribution.Switch
		}
	}
	by, with := a.other, ""
	if a.side = a.other; h.rng.IntN(2) == 0 {
		a.side, by, with = a.partner, a.partner, h.who[a.other].Account
	}
	legal := related && !h.frozen[a.other] && h.mayAsk(a)
	done, err := h.do("ask", fmt.Sprintf("%s asks %s and %s to %s", names[a.side], names[a.partner], names[a.other], a.operation), legal, func(ctx context.Context) error {
		r, err := h.channel.Ask(ctx, h.who[by], distribution.NewRequest{With: with, Operation: a.operation, Reason: "They asked for it.", Acknowledged: true})
		if err == nil {
			a.id, a.edition = r.ID, r.Edition
		}
		return err
	})
	if err != nil || !done {
		return err
	}
	if h.asks = append(h.asks, a); a.id != "" {
		return nil
	}
	list, _, err := h.channel.Requests(h.ctx, h.who[by], "", distribution.Pending, "", 0) // made by the call that died
	for _, r := range list {
		if r.Partner == h.who[a.partner].Account && r.Other == h.who[a.other].Account {
			a.id, a.edition = r.ID, r.Edition
		}
	}
	return err
}

// mayAsk tells whether a side may ask now: nothing is open between the two, it didn't ask within three months, and a
// partner neither after the other side did.
func (h *history) mayAsk(a *ask) bool {
	for _, x := range h.asks {
		if x.partner != a.partner || x.other != a.other {
			continue
		}
		if x.open || x.side == a.side || a.side == a.partner {
			return false
		}
	}
	return true
}

// answer agrees to an open request.
func (h *history) answer() error {
	a, ok := some(h, h.asks, func(a *ask) bool { return a.open })
	if !ok {
		return h.ask()
	}
	by := a.partner
	if a.side == a.partner {
		by = a.other
	}
	done, err := h.do(a.operation, names[by]+" agrees to "+a.operation, !h.frozen[a.other], func(ctx context.Context) error {
		if h.planted == "kept" && !h.frozen[a.other] {
			return h.forget(ctx, a)
		}
		_, err := h.channel.Answer(ctx, h.who[by], a.id, a.edition, true, "", "")
		return err
	})
	if done {
		a.open = false
		h.part(a)
	}
	return err
}

// freeze stops a customer, or lets it go on.
func (h *history) freeze() error {
	c := one + h.rng.IntN(2)
	l, ok := h.partner[c]
	if !ok {
		return h.join(c)
	}
	what, do := "freeze", h.channel.Freeze
	stop := h.rng.IntN(3) > 0 != h.frozen[c]
	if !stop {
		what, do = "unfreeze", h.channel.Unfreeze
	}
	done, err := h.do(what, what+" "+names[c], l.model == account.Resale && h.frozen[c] != stop, func(ctx context.Context) error {
		out, err := do(ctx, h.who[l.by], distribution.FreezeIn{Customers: []string{h.who[c].Account}, Reason: "Random."})
		if err == nil {
			err = out[0].Err
		}
		return err
	})
	if done {
		h.frozen[c] = stop
	}
	return err
}

// takeVoucher reclaims a voucher, by its issuer or by the distributor.
func (h *history) takeVoucher() error {
	p, ok := some(h, h.papers, func(*paper) bool { return true })
	if !ok {
		return h.attempt(h.draw())
	}
	by, partner := p.of.holder, ""
	if p.of.parent != nil && h.rng.IntN(3) == 0 {
		by, partner = dist, h.who[by].Account
	}
	l, related := h.partner[p.customer]
	legal := related && l.by == p.of.holder && l.model == account.Resale && p.usable(h.clock.Now()) && (by != dist || h.under[p.of.holder])
	done, err := h.do("reclaim a voucher", names[by]+" reclaims a voucher of "+names[p.customer], legal, func(ctx context.Context) error {
		_, _, err := h.vouchers.Reclaim(ctx, h.who[by], voucher.Reclaim{Partner: partner, Voucher: p.id})
		return err
	})
	if done {
		h.end(p)
	}
	return err
}

// takeQuota takes the rest of a reseller's quota back.
func (h *history) takeQuota() error {
	q, ok := some(h, h.quotas, func(q *quota) bool { return q.parent != nil })
	if !ok {
		return h.attempt(h.draw())
	}
	done, err := h.do("take a quota back", "the distributor takes back a quota of "+names[q.holder], q.takes(h.clock.Now()), func(ctx context.Context) error {
		_, err := outcome(h.vouchers.TakeBack(ctx, h.who[dist], voucher.TakeBack{Quotas: []string{q.id}}))
		return err
	})
	if done {
		q.taken = true
		h.home(q.place, q, h.holds[q.place])
	}
	return err
}

// wait lets time pass, and everything happen that is due.
func (h *history) wait() error {
	h.clock.Advance(time.Duration(3+h.rng.IntN(40)) * time.Hour)
	h.expire()
	h.count["wait"]++
	return h.runner.Drain(h.ctx)
}
