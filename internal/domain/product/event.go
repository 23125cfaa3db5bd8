package product

import (
	"time"

	"hanse/internal/domain/rate"
)

// A Change is what became of a version: product.published, product.withdrawn, agreement.published, agreement.withdrawn.
// It belongs to the vendor.
type Change struct {
	What    string    `json:"what"`
	Vendor  string    `json:"vendor"`
	Version int64     `json:"version"`
	From    time.Time `json:"from"`
	Note    string    `json:"note,omitempty"`
	ByName  string    `json:"by_name"`
}

// Event names the fact.
func (c Change) Event() (kind, account, subject string) { return c.What, c.Vendor, "" }

// Given says what became of a discount or coupon: discount.granted, discount.ended, coupon.granted, coupon.withdrawn. It
// belongs to the account that has it; one for everybody belongs to the vendor.
type Given struct {
	What    string    `json:"what"`
	Account string    `json:"account"`
	ID      string    `json:"id"`
	Kind    OfferKind `json:"kind,omitempty"`
	NameEN  string    `json:"name_en"`
	NameZH  string    `json:"name_zh"`
	Mode    rate.Mode `json:"mode"`
	Ratio   int64     `json:"ratio"`
	Minor   int64     `json:"minor"`
	All     bool      `json:"all"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	Reason  string    `json:"reason,omitempty"`
}

// Event names the fact.
func (g Given) Event() (kind, account, subject string) { return g.What, g.Account, g.ID }
