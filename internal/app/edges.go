package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hanse/internal/edge/api"
	"hanse/internal/edge/bss"
	"hanse/internal/edge/osm"
	"hanse/internal/edge/portal"
	"hanse/internal/edge/portal/asset"
	"hanse/internal/edge/portal/static"
	"hanse/internal/kit/cursor"
)

// edges puts portal, API and demo on the mux and returns the pages for requests that end before they reach one:
// by a fault inside, and by too many of them.
func (a *App) edges(mux *http.ServeMux) (failed, refused http.Handler, err error) {
	assets, err := asset.New(static.Files)
	if err != nil {
		return nil, nil, err
	}
	p, err := portal.New(portal.Deps{
		Log: a.Log, Clock: a.Clock, DB: a.DB, Vault: a.Vault, Blobs: a.Files, Audit: a.Audit, Jobs: a.Jobs, Press: a.Press,
		BaseURL: a.Config.BaseURL, HTTPS: a.Config.HTTPS(), Version: Build().Version, Started: a.started,
		Ledger: a.Ledger, Setting: a.Setting, Login: a.Login, Accounts: a.Account, Credential: a.Credential, Roster: a.Roster, Record: a.Record,
		Confirm: a.Confirm, Funds: a.Funds, Bill: a.Bill, Payment: a.Payment, TestBank: a.TestBank, Treasury: a.Treasury, Address: a.Address, Material: a.Material, RealName: a.RealName, Member: a.Member, Qualification: a.Qualification, Badge: a.Badge, Declaration: a.Declaration, Simulation: a.Simulation, Path: a.Path, Round: a.Round, Duty: a.Duty, Distribution: a.Distribution, Budget: a.Budget, Delegation: a.Delegation, Entitlement: a.Entitlement, Product: a.Product, Tier: a.Tier, Eligibility: a.Eligibility, Subscription: a.Subscription, Order: a.Order, Contract: a.Contract, Notify: a.Notify, Voucher: a.Voucher, Taxonomy: a.Taxonomy, SLA: a.SLA, Equipment: a.Equipment, Attachment: a.Attachment, Contact: a.Contact, Ticket: a.Ticket, TicketDraft: a.TicketDraft, TicketMail: a.TicketMail, MailListening: a.Config.MailIn.Listen, Desk: a.Desk, Macro: a.Macro, Demo: a.Time != nil, Sink: a.Sink, Inbox: a.Inbox,
	})
	if err != nil {
		return nil, nil, err
	}
	mux.Handle("/", p)
	v1 := api.New(api.Deps{
		Log: a.Log, DB: a.DB, Assets: assets, Cursors: cursor.New(a.Vault.Key("cursor")), Ledger: a.Ledger, Login: a.Login, Accounts: a.Account,
		Settings: a.Setting, Privilege: a.Privilege, Agreement: a.Agreement, Credentials: a.Credential, Records: a.Record, Roster: a.Roster, Address: a.Address, Material: a.Material, RealName: a.RealName, Member: a.Member, Qualification: a.Qualification, Badge: a.Badge, Declaration: a.Declaration, Path: a.Path, Round: a.Round, Duty: a.Duty, Voucher: a.Voucher, Distribution: a.Distribution, Budget: a.Budget, Delegation: a.Delegation, Entitlement: a.Entitlement, Product: a.Product, Tier: a.Tier, Eligibility: a.Eligibility, Subscription: a.Subscription, Order: a.Order, Contract: a.Contract, Simulation: a.Simulation, Notify: a.Notify, Taxonomy: a.Taxonomy, SLA: a.SLA, Attachment: a.Attachment, Ticket: a.Ticket, TicketMail: a.TicketMail, Desk: a.Desk, Macro: a.Macro, Contact: a.Contact, Equipment: a.Equipment, Funds: a.Funds, Bills: a.Bill, Payment: a.Payment, Treasury: a.Treasury,
		Audit: a.Audit, Jobs: a.Jobs, Files: a.Files, Press: a.Press, BaseURL: a.Config.BaseURL, Version: Build().Version, Rate: a.Config.Limit.User,
	})
	for _, path := range []string{"/api/", "/v3/", "/openapi.json", "/docs"} {
		mux.Handle(path, v1)
	}
	partner := bss.New(bss.Deps{Log: a.Log, DB: a.DB, Login: a.Login, Funds: a.Funds, Distribution: a.Distribution, Treasury: a.Treasury,
		Voucher: a.Voucher, Order: a.Order, Subscription: a.Subscription, Rate: float64(a.Config.Limit.Operation)})
	for _, path := range bss.Paths {
		mux.Handle(path, partner)
	}
	tickets := a.ticketEdge()
	for _, path := range osm.Paths {
		mux.Handle(path, tickets)
	}
	if a.Time != nil {
		a.Time.Register(mux)
	}
	failure := func(status int) http.Handler {
		return split{tickets.Failure(status), partner.Failure(status), v1.Failure(status), p.Failure(status)}
	}
	return failure(http.StatusInternalServerError), failure(http.StatusTooManyRequests), nil
}

// ticketEdge is the vendor's ticket interface.
func (a *App) ticketEdge() *osm.API {
	a.Login.AllowUnsigned(osm.Unsigned)
	a.Login.AllowRepeats(osm.Repeatable)
	return osm.New(osm.Deps{Log: a.Log, DB: a.DB, Vault: a.Vault, Login: a.Login, Accounts: a.Account, Taxonomy: a.Taxonomy, Contacts: a.Contact, Attachments: a.Attachment,
		Tickets: a.Ticket, Privileges: a.Privilege, Agreements: a.Agreement, Abuse: a.Abuse, BaseURL: a.Config.BaseURL, Rate: float64(a.Config.Limit.Operation)})
}

// straight keeps the mux from redirecting the programs' paths that aren't clean, such as one with an empty id: a client would
// take the redirect for an answer. The interface that has the path's beginning refuses it.
func straight(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "//") {
			for _, begin := range slices.Concat(osm.Paths, bss.Paths) {
				if strings.HasPrefix(r.URL.Path, begin) {
					h, _ := mux.Handler(&http.Request{Method: r.Method, URL: &url.URL{Path: begin}, Host: r.Host})
					h.ServeHTTP(w, r)
					return
				}
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// split answers programs in the API's form, and people with a page.
type split struct{ tickets, partner, api, portal http.Handler }

// ServeHTTP chooses by the path.
func (s split) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, path := range osm.Paths { // before those of the other interface, which begin some of them
		if strings.HasPrefix(r.URL.Path, path) {
			s.tickets.ServeHTTP(w, r)
			return
		}
	}
	for _, path := range bss.Paths {
		if strings.HasPrefix(r.URL.Path, path) {
			s.partner.ServeHTTP(w, r)
			return
		}
	}
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/v3/") {
		s.api.ServeHTTP(w, r)
		return
	}
	s.portal.ServeHTTP(w, r)
}
