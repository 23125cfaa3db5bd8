package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// metrics are the figures for Prometheus. Requests are counted as they end; what's in the database is read when
// somebody asks.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
}

func newMetrics(a *App) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hanse_http_requests_total", Help: "Requests by method, route and status."}, []string{"method", "route", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hanse_http_request_seconds", Help: "How long requests took.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.latency, &state{a}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(method, route).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// state reads jobs, outbox, audit and pools at each scrape.
type state struct{ app *App }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("hanse_"+name, help, labels, nil)
}

var (
	jobsDesc      = describe("jobs", "Jobs by state.", "state")
	outboxDesc    = describe("outbox_waiting", "Events that no subscriber has got yet.")
	outboxAge     = describe("outbox_lag_seconds", "Age of the oldest waiting event, business clock.")
	sealDesc      = describe("audit_unsealed", "Audit entries that aren't in the chain yet.")
	sealAge       = describe("audit_seal_lag_seconds", "Age of the oldest unsealed audit entry.")
	connections   = describe("db_connections", "Open database connections.", "pool", "state")
	waits         = describe("db_wait_seconds_total", "Time spent waiting for a connection.", "pool")
	ledgerWaiting = describe("ledger_waiting", "Postings that wait for the ledger's writer.")
	ledgerBatches = describe("ledger_batches_total", "Transactions of the ledger's writer since the start.")
	ledgerPosted  = describe("ledger_postings_total", "Postings in them.")
	ledgerRefused = describe("ledger_refused_total", "Postings refused because too many waited.")
	mailState     = describe("ticketmail", "Mails to desks by what became of them.", "state")
	mailSent      = describe("ticketmail_sent", "Mails about tickets by state.", "state")
	mailboxAge    = describe("ticketmail_mailbox_age_seconds", "Time since a mailbox was last read without error.", "mailbox")
	mailTaken     = describe("ticketmail_taken_total", "Mails to desks that this process took since it started.")
	mailTwice     = describe("ticketmail_twice_total", "Those of them that were here already.")
	offset        = describe("clock_offset_seconds", "What the business clock is ahead; 0 in production.")
)

// Describe names the figures.
func (s *state) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsDesc, outboxDesc, outboxAge, sealDesc, sealAge, connections, waits, offset,
		mailState, mailSent, mailboxAge, mailTaken, mailTwice,
		ledgerWaiting, ledgerBatches, ledgerPosted, ledgerRefused} {
		ch <- d
	}
}

// Collect reads the figures. What can't be read is left out: the scrape says that much by itself.
func (s *state) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	a := s.app
	if counts, err := jobs.Counts(ctx, a.DB.Read()); err == nil {
		for _, c := range counts {
			gauge(jobsDesc, float64(c.Jobs), string(c.State))
		}
	}
	if n, oldest, err := outbox.Lag(ctx, a.DB.Read()); err == nil {
		gauge(outboxDesc, float64(n))
		gauge(outboxAge, age(a.Clock.Now(), oldest))
	}
	if n, oldest, err := audit.Lag(ctx, a.DB.Read()); err == nil {
		gauge(sealDesc, float64(n))
		gauge(sealAge, age(a.Clock.Wall(), oldest))
	}
	write, read := a.DB.Stats()
	for pool, st := range map[string]struct {
		busy, idle int
		wait       time.Duration
	}{
		"write": {write.InUse, write.Idle, write.WaitDuration}, "read": {read.InUse, read.Idle, read.WaitDuration},
	} {
		gauge(connections, float64(st.busy), pool, "busy")
		gauge(connections, float64(st.idle), pool, "idle")
		ch <- prometheus.MustNewConstMetric(waits, prometheus.CounterValue, st.wait.Seconds(), pool)
	}
	gauge(offset, a.Clock.Offset().Seconds())
	s.mail(ctx, ch, gauge)
	load := a.Ledger.Load()
	gauge(ledgerWaiting, float64(load.Waiting))
	for d, n := range map[*prometheus.Desc]int64{ledgerBatches: load.Batches, ledgerPosted: load.Postings, ledgerRefused: load.Refused} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n))
	}
}

// mail is how mails of tickets go.
func (s *state) mail(ctx context.Context, ch chan<- prometheus.Metric, gauge func(*prometheus.Desc, float64, ...string)) {
	a := s.app
	st, err := ticketmail.Statistics(ctx, a.DB.Read())
	if err != nil {
		return
	}
	for state, n := range st.Mails {
		gauge(mailState, float64(n), string(state))
	}
	for state, n := range st.Sent {
		gauge(mailSent, float64(n), state)
	}
	for _, b := range st.Boxes {
		if !b.GoodAt.IsZero() {
			gauge(mailboxAge, age(a.Clock.Wall(), b.GoodAt), b.Name)
		}
	}
	taken, twice := a.TicketMail.Counts()
	for d, n := range map[*prometheus.Desc]int64{mailTaken: taken, mailTwice: twice} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n))
	}
}

func age(now, then time.Time) float64 {
	if then.IsZero() {
		return 0
	}
	return max(now.Sub(then).Seconds(), 0)
}
