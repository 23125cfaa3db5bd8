package blob

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Scan is an external virus scanner, such as clamdscan. The file's path is added as last argument. Exit code 0
// means clean and 1 means refuse; anything else, and no answer within Timeout (30 s when zero), means that the
// scanner is out of order: then nothing is accepted. A Scan without a command accepts everything.
type Scan struct {
	Command []string
	Timeout time.Duration
}

func (s Scan) check(ctx context.Context, path string) error {
	if len(s.Command) == 0 {
		return nil
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	run, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	args := append(append([]string{}, s.Command[1:]...), path)
	cmd := exec.CommandContext(run, s.Command[0], args...)
	// A scanner that forked may hold the pipes open after it was killed; don't wait for that.
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("scan file: %w", ctx.Err())
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return fault.Invalid("file", i18n.M("blob.refused"))
	}
	// The cause is for the operator, the fault for the user: both are in the chain.
	return errors.Join(fault.New(fault.KindUnavailable, i18n.M("blob.scanner_away")), fmt.Errorf("scan file: %w", err))
}
