package bss

import (
	"errors"
	"net/http"

	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/fault"
)

// notReseller is the message of every module for a reseller that isn't the distributor's.
const notReseller = "account.not_your_reseller"

// known gives a module's refusal its code of the interface; nil when there's none for it.
func (c *call) known(err error) *refusal {
	f := fault.Of(err)
	if f == nil {
		return nil
	}
	code := moneyCode(err)
	if code == "" && f.Msg.Key == notReseller {
		code = "CBC.99000037"
	}
	if code == "" {
		return nil
	}
	return &refusal{status: statusOf(code), code: code, msg: f.Msg}
}

// codeIllegal is the one code of a module's refusal that isn't a bad request.
const codeIllegal = "CBC.0150"

func statusOf(code string) int {
	if code == codeIllegal {
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// moneyCode is the code of what the books or the rules of allocation refuse.
func moneyCode(err error) string {
	var f *funds.Refusal
	if errors.As(err, &f) {
		return fundsCodes[f.Why]
	}
	var l *ledger.Refusal
	if errors.As(err, &l) {
		return ledgerCodes[l.Why]
	}
	return ""
}

var ledgerCodes = map[ledger.Why]string{
	ledger.Short:        "CBC.99005003",
	ledger.FrozenOwner:  "CBC.50010085",
	ledger.NotConnected: "CBC.99000035",
	ledger.ClosedPlace:  "CBC.99000047",
	ledger.KeyReused:    "CBC.0101",
}

var fundsCodes = map[funds.Why]string{
	funds.NotYourReseller:  "CBC.99000037",
	funds.NotYourCustomer:  "CBC.99000035",
	funds.ReferralCustomer: "CBC.99005024",
	funds.NoAccount:        "CBC.99000047",
}
