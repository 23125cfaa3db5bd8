package voucher

import "time"

// QuotaChanged is quota.proposed, .granted, .refused, .adjusted, .frozen, .unfrozen, .disabled, .split and .taken_back:
// it belongs to the quota's holder.
type QuotaChanged struct {
	What        string    `json:"what"`
	Partner     string    `json:"partner"`
	PartnerName string    `json:"partner_name"`
	From        string    `json:"from,omitempty"` // the distributor
	Quota       string    `json:"quota"`
	Kind        Kind      `json:"kind"`
	Minor       int64     `json:"minor"`
	Currency    string    `json:"currency"`
	ExpireAt    time.Time `json:"expire_at"`
}

// Event names the event.
func (c QuotaChanged) Event() (kind, account, subject string) { return c.What, c.Partner, c.Quota }

func quotaFact(q Quota, what string) QuotaChanged {
	return QuotaChanged{What: what, Partner: q.Account, PartnerName: q.HolderName, From: q.ParentAccount, Quota: q.ID, Kind: q.Kind, Minor: q.Value,
		Currency: q.Currency, ExpireAt: q.ExpireAt}
}

// Changed is voucher.issued, .reclaimed, .expired and .expiring: it belongs to the customer.
type Changed struct {
	What         string    `json:"what"`
	Customer     string    `json:"customer"`
	CustomerName string    `json:"customer_name"`
	Partner      string    `json:"partner"`
	PartnerName  string    `json:"partner_name"`
	Voucher      string    `json:"voucher"`
	Kind         Kind      `json:"kind"`
	Minor        int64     `json:"minor"` // face value, or what went back
	Currency     string    `json:"currency"`
	ExpireAt     time.Time `json:"expire_at"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) { return c.What, c.Customer, c.Voucher }

func fact(v Voucher, what string, minor int64) Changed {
	return Changed{What: what, Customer: v.Customer, CustomerName: v.CustomerName, Partner: v.Account, PartnerName: v.IssuerName, Voucher: v.ID,
		Kind: v.Kind, Minor: minor, Currency: v.Currency, ExpireAt: v.ExpireAt}
}

// PickupChanged is pickup.bought and .expired: it belongs to the customer.
type PickupChanged struct {
	What         string    `json:"what"`
	Customer     string    `json:"customer"`
	CustomerName string    `json:"customer_name"`
	Partner      string    `json:"partner"`
	PartnerName  string    `json:"partner_name"`
	Pickup       string    `json:"pickup"`
	Minor        int64     `json:"minor"`
	Currency     string    `json:"currency"`
	ExpireAt     time.Time `json:"expire_at"`
}

// Event names the event.
func (c PickupChanged) Event() (kind, account, subject string) { return c.What, c.Customer, c.Pickup }
