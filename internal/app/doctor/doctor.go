// Package doctor checks an installation from the outside in: configuration, folders, database, mail, and the way
// to its own address, directly and through the proxy. Each failure says what to do.
//
// It changes nothing: what it writes it takes back.
package doctor

import (
	"context"
	"time"

	"hanse/internal/kit/config"
)

// A State is how a check ended.
type State string

// The states.
const (
	OK      State = "ok"
	Warning State = "warning" // works, but look at it
	Failed  State = "failed"
	Skipped State = "skipped" // not configured
)

// A Finding is the result of one check.
type Finding struct {
	Check  string `json:"check"`
	State  State  `json:"state"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

func good(detail string) Finding    { return Finding{State: OK, Detail: detail} }
func skipped(detail string) Finding { return Finding{State: Skipped, Detail: detail} }
func bad(detail, remedy string) Finding {
	return Finding{State: Failed, Detail: detail, Remedy: remedy}
}
func warning(detail, remedy string) Finding {
	return Finding{State: Warning, Detail: detail, Remedy: remedy}
}

// perCheck bounds one check, so that a silent firewall doesn't stop the rest.
const perCheck = 15 * time.Second

// Run does every check in order and returns what it found. The configuration must be complete.
func Run(ctx context.Context, cfg config.Config, wall func() time.Time) []Finding {
	e := examiner{cfg: cfg, wall: wall}
	var out []Finding
	for _, c := range []struct {
		name string
		run  func(context.Context) Finding
	}{
		{"data folder", e.dataFolder}, {"disk space", e.diskSpace}, {"secret key", e.secretKey}, {"uploads", e.uploads},
		{"virus scanner", e.scanner}, {"database", e.database}, {"database write", e.databaseWrite}, {"schema", e.schema},
		{"mail server", e.mail}, {"mail to desks", e.mailIn}, {"base address", e.baseAddress}, {"reached directly", e.direct}, {"reached by proxy", e.byProxy},
		{"clock", e.clock}, {"working calendar", e.calendar},
	} {
		f := one(ctx, c.run)
		f.Check = c.name
		out = append(out, f)
	}
	return out
}

func one(ctx context.Context, run func(context.Context) Finding) Finding {
	ctx, cancel := context.WithTimeout(ctx, perCheck)
	defer cancel()
	return run(ctx)
}

// Healthy tells whether nothing failed.
func Healthy(all []Finding) bool {
	for _, f := range all {
		if f.State == Failed {
			return false
		}
	}
	return true
}

type examiner struct {
	cfg  config.Config
	wall func() time.Time
}
