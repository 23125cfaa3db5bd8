package ticket_test

import (
	"testing"

	"hanse/internal/domain/ticket"
)

// no marks a refused cell.
const no = ticket.State(-1)

// TestEachActionLeadsWhereTheTableSays reads the whole table, cell by cell: the rows are states, the columns actions.
func TestEachActionLeadsWhereTheTableSays(t *testing.T) {
	actions := []ticket.Action{ticket.Cancel, ticket.Close, ticket.Press, ticket.Delete, ticket.Reply, ticket.Accept, ticket.Offer, ticket.Ask, ticket.Pause,
		ticket.Resume, ticket.TakeBack, ticket.Invalidate, ticket.Reopen, ticket.Restore, ticket.HandOver, ticket.HandBack, ticket.AutoClose}
	if len(actions) != len(ticket.AllActions()) {
		t.Fatalf("the table has %d actions, the test %d", len(ticket.AllActions()), len(actions))
	}
	table := map[ticket.State][]ticket.State{
		//                  cancel close press delete reply accept offer ask pause resume take_back invalid reopen restore over back auto
		ticket.Waiting:    {4, no, 0, no, 0, 1, no, no, no, no, no, 12, no, no, 0, 0, no},
		ticket.Processing: {no, 3, 1, no, 1, no, 2, 17, 5, no, no, 12, no, no, 1, 1, no},
		ticket.ToConfirm:  {no, 3, no, no, 1, no, no, no, no, no, 1, no, no, no, no, no, 3},
		ticket.AskedBack:  {no, 3, no, no, 1, no, no, no, no, no, 1, no, no, no, 1, 1, 3},
		ticket.Paused:     {no, 3, 5, no, 5, no, no, no, no, 1, no, no, no, no, 1, 1, no},
		ticket.Done:       {no, 3, no, 13, 1, no, no, no, no, no, no, no, 1, no, no, no, no},
		ticket.Cancelled:  {no, no, no, 13, no, no, no, no, no, no, no, no, no, no, no, no, no},
		ticket.Invalid:    {no, no, no, 13, no, no, no, no, no, no, no, no, no, no, no, no, no},
		ticket.Deleted:    {no, no, no, no, no, no, no, no, no, no, no, no, no, 3, no, no, no},
	}
	if len(table) != len(ticket.States()) {
		t.Fatalf("there are %d states, the test has %d", len(ticket.States()), len(table))
	}
	for s, row := range table {
		for i, want := range row {
			got, ok := ticket.Next(s, actions[i])
			if !ok {
				got = no
			}
			if got != want {
				t.Errorf("%s in state %d leads to %d, want %d", actions[i], s, got, want)
			}
		}
	}
}

func TestOnlyTheOwnSidesActionsAreOffered(t *testing.T) {
	for _, c := range []struct {
		s    ticket.State
		side ticket.Side
		want []ticket.Action
	}{
		{ticket.Waiting, ticket.Customer, []ticket.Action{ticket.Cancel, ticket.Press}},
		{ticket.ToConfirm, ticket.Customer, []ticket.Action{ticket.Close}},
		{ticket.Done, ticket.Customer, []ticket.Action{ticket.Delete}},
		{ticket.Deleted, ticket.Customer, nil},
		{ticket.Processing, ticket.Desk, []ticket.Action{ticket.Offer, ticket.Ask, ticket.Pause, ticket.Invalidate, ticket.HandOver, ticket.HandBack}},
		{ticket.Processing, ticket.Reader, nil},
		{ticket.Processing, ticket.Third, nil},
	} {
		got := ticket.Actions(c.s, c.side)
		if len(got) != len(c.want) {
			t.Errorf("Actions(%d, %s) = %v, want %v", c.s, c.side, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("Actions(%d, %s) = %v, want %v", c.s, c.side, got, c.want)
			}
		}
	}
}
