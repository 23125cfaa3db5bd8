package main

import (
	"context"
	"fmt"
	"time"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Walk the hash chain and name the first broken row."`
}

type auditVerifyCmd struct {
	JSON bool `name:"json" help:"Print the result as JSON."`
	settings
}

func (*auditVerifyCmd) Help() string {
	return `Reads every audit entry in the order of its seal and computes the chain anew. Exit code 1 when a row was changed,
is missing, or was put in behind the program's back. Note the head elsewhere from time to time: with it a tail that
was cut off is found too.

Example:
  hanse audit verify --data /var/lib/hanse --json`
}

// Run verifies the chain.
func (c *auditVerifyCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	r, err := a.Audit.Verify(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		err = printJSON(io.out, r)
	case r.Broken != "":
		fmt.Fprintf(io.out, "BROKEN: %s\n%d entries before it are whole\n", r.Broken, r.Sealed-1)
	default:
		fmt.Fprintf(io.out, "The chain holds: %d entries\nhead %s\n", r.Sealed, r.Head)
	}
	if r.Waiting > 0 && !c.JSON {
		fmt.Fprintf(io.out, "%d entries wait for their seal, the oldest since %s\n", r.Waiting, r.Oldest.Format(time.RFC3339))
	}
	if err == nil && r.Broken != "" {
		return errSilent
	}
	return err
}
