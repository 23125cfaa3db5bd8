package api

import (
	"encoding/json"
	"html/template"
	"net/http"
	"sync"

	"hanse/internal/kit/i18n"
)

// explorer registers the document and the page that shows it. The page runs without any outside host; a reader
// without scripts gets a list of the operations.
func (a *API) explorer() {
	document := sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.doc) })
	a.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		b, err := document()
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(b)
	})
	a.mux.HandleFunc("GET /docs", a.docs)
}

// docsPolicy lets the explorer set styles on its own elements; scripts stay ours alone.
const docsPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"

var docsPage = template.Must(template.New("docs").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title><link rel="icon" type="image/svg+xml" href="{{.Icon}}"><link rel="stylesheet" href="{{.Style}}">
<script type="module" src="{{.Script}}"></script><script type="module" src="{{.Sign}}"></script></head>
<body class="explorer"><main id="main"><h1 class="vh">{{.Title}}</h1>
<form class="explorer-keys" autocomplete="off"><fieldset><legend>{{.Own}}</legend><p class="muted small" id="keys-hint">{{.Hint}}</p>
<div class="field"><label for="access-key">{{.Access}}</label><input class="input medium" id="access-key" autocomplete="off" spellcheck="false" aria-describedby="keys-hint"></div>
<div class="field"><label for="secret-key">{{.Secret}}</label><input class="input medium" id="secret-key" type="password" autocomplete="off" aria-describedby="keys-hint"></div>
</fieldset></form>
<rapi-doc spec-url="/openapi.json" render-style="focused" load-fonts="false" show-header="false" primary-color="#1d5fbf" nav-bg-color="#ffffff" schema-style="table" allow-authentication="true" allow-server-selection="false"></rapi-doc>
<noscript><div class="stack"><p>{{.NoScript}}</p><table><caption class="vh">{{.Title}}</caption>
<thead><tr><th scope="col">{{.Call}}</th><th scope="col">{{.Does}}</th><th scope="col">{{.Asks}}</th></tr></thead>
<tbody>{{range .Ops}}<tr><th scope="row"><code>{{.Method}} {{.Path}}</code></th><td>{{.Summary}}</td><td><code>{{.Verb}}</code></td></tr>{{end}}</tbody></table></div></noscript>
</main></body></html>`))

func (a *API) docs(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	w.Header().Set("Content-Security-Policy", docsPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := docsPage.Execute(w, map[string]any{
		"Lang": i18n.From(ctx).Lang, "Title": i18n.T(ctx, "api.title"), "NoScript": i18n.T(ctx, "api.no_script"),
		"Call": i18n.T(ctx, "api.call"), "Does": i18n.T(ctx, "api.does"), "Asks": i18n.T(ctx, "api.asks"),
		"Own": i18n.T(ctx, "api.own_key"), "Hint": i18n.T(ctx, "api.own_key_hint"), "Access": i18n.T(ctx, "api.access_key"),
		"Secret": i18n.T(ctx, "api.secret_key"), "Sign": a.Assets.URL("explorer.js"),
		"Icon": a.Assets.URL("mark.svg"), "Style": a.Assets.URL("app.css"), "Script": a.Assets.URL("vendor/rapidoc.js"), "Ops": a.ops,
	})
	if err != nil {
		a.Log.ErrorContext(ctx, "explorer page", "error", err)
	}
}
