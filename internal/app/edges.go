package app

import (
	"net/http"

	"hanse/internal/edge/api"
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
		Setting: a.Setting, Login: a.Login, Accounts: a.Account, Credential: a.Credential, Roster: a.Roster,
		Qualification: a.Qualification, Notify: a.Notify, Demo: a.Time != nil, Sink: a.Sink, Inbox: a.Inbox,
	})
	if err != nil {
		return nil, nil, err
	}
	mux.Handle("/", p)
	v1 := api.New(api.Deps{
		Log: a.Log, DB: a.DB, Assets: assets, Cursors: cursor.New(a.Vault.Key("cursor")), Login: a.Login, Accounts: a.Account,
		Settings: a.Setting, Credentials: a.Credential, Roster: a.Roster, Qualification: a.Qualification, Notify: a.Notify,
		Audit: a.Audit, Jobs: a.Jobs, Files: a.Files, Press: a.Press, BaseURL: a.Config.BaseURL, Version: Build().Version,
	})
	for _, path := range []string{"/api/", "/v3/", "/openapi.json", "/docs"} {
		mux.Handle(path, v1)
	}
	if a.Time != nil {
		a.Time.Register(mux)
	}
	return p.Failure(http.StatusInternalServerError), p.Failure(http.StatusTooManyRequests), nil
}
