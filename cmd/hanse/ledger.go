package main

import (
	"context"
	"fmt"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/money"
)

type ledgerCmd struct {
	Check ledgerCheckCmd `cmd:"" help:"Prove that the books balance, or name what is wrong."`
}

type ledgerCheckCmd struct {
	JSON bool `name:"json" help:"Print the report as JSON."`
	settings
}

func (*ledgerCheckCmd) Help() string {
	return `Reads all books on one unchanging view of the database: each book and each unit sums to zero, each stored balance is
what its entries come to, every entry belongs to a transfer and every transfer to the audit row that seals it, the
monthly sums and the holds add up, and nothing is below its minimum. Exit code 1 when something is wrong. The server may
go on working meanwhile.

Example:
  hanse ledger check --data /var/lib/hanse --json`
}

// Run checks the books.
func (c *ledgerCheckCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	r, err := a.Ledger.Check(ctx, actor.Program("hanse ledger check"))
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(io.out, r)
	} else {
		for _, u := range r.Units {
			fmt.Fprintf(io.out, "%-12s %8d accounts come to %s\n", u.Unit, u.Accounts, money.Text(u.Minor))
		}
		fmt.Fprintf(io.out, "%d books, %d transfers, %d entries, %d holds\n", r.Owners, r.Transfers, r.Entries, r.Holds)
		if r.Waiting > 0 {
			fmt.Fprintf(io.out, "%d audit rows wait for their seal, the oldest since %s\n", r.Waiting, r.Oldest.Format(time.RFC3339))
		}
		for _, f := range r.Findings {
			fmt.Fprintln(io.out, "WRONG: "+f)
		}
		if r.Sound() {
			fmt.Fprintln(io.out, "The books hold.")
		}
	}
	if err == nil && !r.Sound() {
		return errSilent
	}
	return err
}
