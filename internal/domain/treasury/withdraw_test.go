package treasury

import (
	"reflect"
	"testing"
	"time"
)

func TestAWithdrawalGoesBackToTheNewestTopUpsOrToTheChosenOnes(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 3, 1, h, 0, 0, 0, time.UTC) }
	tops := []TopUp{{ID: "a", Left: 100, PostedAt: at(1)}, {ID: "b", Left: 50, PostedAt: at(2)}, {ID: "c", Left: 0, PostedAt: at(3)}, {ID: "d", Left: 30, PostedAt: at(3)}}
	for _, x := range []struct {
		chosen []string
		minor  int64
		want   []Part
		short  int64
	}{
		{nil, 20, []Part{{TopUp: "d", Minor: 20}}, 0},
		{nil, 100, []Part{{TopUp: "d", Minor: 30}, {TopUp: "b", Minor: 50}, {TopUp: "a", Minor: 20}}, 0},
		{nil, 181, []Part{{TopUp: "d", Minor: 30}, {TopUp: "b", Minor: 50}, {TopUp: "a", Minor: 100}}, 1},
		{[]string{"a"}, 60, []Part{{TopUp: "a", Minor: 60}}, 0},
		{[]string{"a", "b"}, 60, []Part{{TopUp: "b", Minor: 50}, {TopUp: "a", Minor: 10}}, 0},
		{[]string{"c", "x"}, 1, nil, 1},
	} {
		if got, short := plan(tops, x.chosen, x.minor); !reflect.DeepEqual(got, x.want) || short != x.short {
			t.Errorf("plan(%v, %d) = %v, short %d, want %v, short %d", x.chosen, x.minor, got, short, x.want, x.short)
		}
	}
}

func TestEveryStateHasItsStepsAndNoOthers(t *testing.T) {
	for _, x := range []struct {
		state          WithdrawalState
		owner, finance []WithdrawalState
	}{
		{Requested, []WithdrawalState{Cancelled}, []WithdrawalState{Approved, Refused}},
		{Approved, nil, []WithdrawalState{PaidOut, FailedOut}},
		{PaidOut, nil, nil}, {Refused, nil, nil}, {FailedOut, nil, nil}, {Cancelled, nil, nil},
	} {
		w := Withdrawal{State: x.state}
		if got := w.Steps(false); !reflect.DeepEqual(got, x.owner) {
			t.Errorf("steps of the owner from %s = %v, want %v", x.state, got, x.owner)
		}
		if got := w.Steps(true); !reflect.DeepEqual(got, x.finance) {
			t.Errorf("steps of finance from %s = %v, want %v", x.state, got, x.finance)
		}
	}
	for _, x := range []struct {
		state             RefundState
		partner, customer []RefundState
	}{
		{RefundAsked, []RefundState{RefundReturned, RefundDeclined}, []RefundState{RefundWithdrawn}},
		{RefundReturned, []RefundState{RefundRefunded}, nil},
		{RefundRefunded, nil, []RefundState{RefundDisputed, RefundConfirmed}},
		{RefundDisputed, []RefundState{RefundRefunded}, nil},
		{RefundConfirmed, nil, nil}, {RefundDeclined, nil, nil}, {RefundWithdrawn, nil, nil},
	} {
		r := Refund{State: x.state}
		if got := r.Steps(true); !reflect.DeepEqual(got, x.partner) {
			t.Errorf("steps of the partner from %s = %v, want %v", x.state, got, x.partner)
		}
		if got := r.Steps(false); !reflect.DeepEqual(got, x.customer) {
			t.Errorf("steps of the customer from %s = %v, want %v", x.state, got, x.customer)
		}
	}
	for from, want := range map[TopUpState]int{Waiting: 2, Booked: 1, Reversing: 2, Rejected: 0, Reversed: 0} {
		n := 0
		for _, to := range TopUpStates() {
			if from.may(to) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d states may follow %s, want %d", n, from, want)
		}
	}
}
