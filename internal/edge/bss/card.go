package bss

import (
	"slices"

	"hanse/internal/domain/voucher"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// A wireCard is a stored-value card: here a pickup voucher, which a partner paid in advance.
type wireCard struct {
	ID        string `json:"card_id"`
	Name      string `json:"card_name"`
	Status    int32  `json:"status"`
	Face      string `json:"face_value"`
	Balance   string `json:"balance"`
	Effective string `json:"effective_time"`
	Expire    string `json:"expire_time"`
}

// cardStates are the states behind the two that cards have.
var cardStates = map[int32]voucher.State{1: voucher.Usable, 2: voucher.Used}

// listStoredValueCards lists the prepaid value that a customer holds.
func listStoredValueCards(c *call) (any, error) {
	f := c.query()
	status := f.num("status")
	if status == nil {
		f.refuse("status", "", i18n.M("wire.missing"))
	}
	x := voucher.PickupFilter{State: cardStates[f.one("status", status, 1, 1, 2)]}
	id := f.plain("card_id", f.arg("card_id"), mostID)
	x.Offset, x.Limit = f.queryPage()
	x.Count = true
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.cards(x, id)
	return struct {
		Total int64      `json:"total_count"`
		List  []wireCard `json:"stored_value_cards"`
	}{total, wireList(list, func(p voucher.Pickup) wireCard {
		return wireCard{p.ID, i18n.T(c.ctx(), "bss.card"), *status, money.Text(p.Face), money.Text(p.Balance), instant(p.ValidAt), instant(p.ExpireAt)}
	})}, err
}

// cards reads a page, or the one card that was asked for.
func (c *call) cards(x voucher.PickupFilter, id string) ([]voucher.Pickup, int64, error) {
	page := x.Page
	if id != "" {
		x.Page = voucher.Page{Limit: 500}
	}
	list, total, err := c.api.Voucher.Pickups(c.ctx(), c.by, x)
	if id == "" || err != nil {
		return list, total, err
	}
	list = slices.DeleteFunc(list, func(p voucher.Pickup) bool { return p.ID != id })
	total = int64(len(list))
	return list[min(page.Offset, len(list)):], total, nil
}
