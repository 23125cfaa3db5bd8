package app

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/web"
)

// atOnce is how many seconds' worth of requests one address may make at once. A page with its parts is one request,
// so that people never meet the limit.
const atOnce = 8

// Handler is everything that the program answers: health, metrics, and the edges.
func (a *App) Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("GET /metrics", a.guardMetrics(a.metrics.handler()))
	failed, refused, err := a.edges(mux)
	if err != nil {
		return nil, err
	}
	proxies, err := a.Config.TrustedProxies()
	if err != nil {
		return nil, err
	}
	return web.Ground(straight(mux), web.Options{
		Log: a.Log, Wall: a.Clock.Wall, Proxies: proxies, Observe: a.metrics.observe, Failed: failed, Refused: refused,
		Rate: float64(a.Config.Limit.Address), Burst: atOnce * a.Config.Limit.Address, HTTPS: a.Config.HTTPS(),
	})
}

// healthz says that the process lives; whoever restarts processes asks it.
func (a *App) healthz(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok", nil) }

// maxSealLag is how long an audit entry may wait for its seal before the node counts as not ready.
const maxSealLag = 5 * time.Minute

// readyz says whether requests should be sent here: database, schema, jobs.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	checks := map[string]string{"database": "ok", "schema": "ok", "audit": "ok"}
	status := http.StatusOK
	for name, check := range map[string]func(context.Context) string{
		"database": a.databaseState, "schema": a.schemaState, "audit": a.auditState,
	} {
		if what := check(ctx); what != "" {
			checks[name], status = what, http.StatusServiceUnavailable
		}
	}
	answer(w, status, map[bool]string{true: "ready", false: "not ready"}[status == http.StatusOK], checks)
}

func (a *App) databaseState(ctx context.Context) string {
	if err := a.DB.Ping(ctx); err != nil {
		return "doesn't answer"
	}
	return ""
}

func (a *App) schemaState(ctx context.Context) string {
	want, err := db.Newest()
	if err != nil {
		return "unknown"
	}
	have, err := a.DB.Version(ctx)
	switch {
	case err != nil:
		return "unknown"
	case have < want:
		return "older than this program: run hanse migrate"
	}
	return ""
}

// auditState finds a node whose chores don't run any more.
func (a *App) auditState(ctx context.Context) string {
	n, oldest, err := audit.Lag(ctx, a.DB.Read())
	switch {
	case err != nil:
		return "unknown"
	case n > 0 && a.Clock.Wall().Sub(oldest) > maxSealLag:
		return "entries wait too long for their seal"
	}
	return ""
}

func answer(w http.ResponseWriter, status int, state string, checks map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// An error here means that the asker has gone.
	_ = json.NewEncoder(w).Encode(struct {
		Status string            `json:"status"`
		Checks map[string]string `json:"checks,omitempty"`
	}{state, checks})
}

// guardMetrics lets this machine read, and others with the token: figures tell how busy a business is.
func (a *App) guardMetrics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		want := a.Config.MetricsToken
		known := want != "" && subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
		if !known && !web.Loopback(r) {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
