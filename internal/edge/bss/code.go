package bss

import (
	"cmp"
	"errors"
	"net/http"

	"hanse/internal/domain/distribution"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// notReseller is the message of every module for a reseller that isn't the distributor's.
const notReseller = "account.not_your_reseller"

// known gives a module's refusal its code of the interface; nil when there's none for it.
func (c *call) known(err error) *refusal {
	f := fault.Of(err)
	if f == nil {
		return nil
	}
	code := cmp.Or(voucherCodes[voucher.WhyOf(err)], distributionCodes[distribution.WhyOf(err)], c.planCode(err), moneyCode(err))
	if code == "" && f.Msg.Key == notReseller {
		code = "CBC.99000037"
	}
	if code == "" {
		return nil
	}
	return &refusal{status: statusOf(code), code: code, msg: said(f)}
}

// said is what a fault says: for one that is only about a field, what is said of the field.
func said(f *fault.Fault) i18n.Msg {
	if f.Msg.IsZero() && len(f.Fields) > 0 {
		return f.Fields[0].Msg
	}
	return f.Msg
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

var voucherCodes = map[voucher.Why]string{
	voucher.Illegal:         codeIllegal,
	voucher.NotInCharge:     "CBC.99000000",
	voucher.NoQuota:         "CBC.99000012",
	voucher.Short:           "CBC.99000013",
	voucher.WrongModel:      "CBC.99000014",
	voucher.WrongState:      "CBC.99000015",
	voucher.QuotaTime:       "CBC.99000017",
	voucher.FaceLow:         "CBC.99000018",
	voucher.FaceHigh:        "CBC.99000019",
	voucher.TooMany:         "CBC.99000020",
	voucher.TooMuch:         "CBC.99000021",
	voucher.FirstOnly:       "CBC.99000022",
	voucher.Wider:           "CBC.99000023",
	voucher.OrdersWider:     "CBC.99000024",
	voucher.ToSelf:          "CBC.99000025",
	voucher.NotCustomer:     "CBC.99000035",
	voucher.NotReseller:     "CBC.99000037",
	voucher.ReferralVoucher: "CBC.99000045",
	voucher.NotReclaimable:  "CBC.99000048",
	voucher.OwnUse:          "CBC.50000010",
	voucher.NamedOnly:       "CBC.50000020",
	voucher.ResellersNamed:  "CBC.50000021",
	voucher.Managed:         "CBC.50000034",
	voucher.Busy:            "CBC.50000045",
	voucher.NoProduct:       "CBC.50000054",
	voucher.NoService:       "CBC.50000055",
	voucher.Leaving:         "CBC.50010105",
	voucher.NotForAgency:    "CBC.99000084",
}

var distributionCodes = map[distribution.Why]string{
	distribution.NotYourReseller:       "CBC.99000037",
	distribution.NotYourCustomer:       "CBC.99000035",
	distribution.WrongModel:            "CBC.99005024",
	distribution.NoDirectCustomers:     "CBC.50010059",
	distribution.DistributorLeft:       "CBC.50010065",
	distribution.Restricted:            "CBC.50010085",
	distribution.DistributorRestricted: "CBC.50010086",
	distribution.PhoneUsed:             "CBC.99000029",
	distribution.PhoneTooMany:          "CBC.99000030",
	distribution.LoginMalformed:        "CBC.99000031",
	distribution.PasswordMalformed:     "CBC.99000036",
	distribution.LoginTaken:            "CBC.99000038",
	distribution.XAccountTaken:         "CBC.99000039",
	distribution.PhoneMalformed:        "CBC.5017",
	distribution.CodeExpired:           "CBC.99004008",
	distribution.CodeTries:             "CBC.99004009",
	distribution.CodeWrong:             "CBC.99004010",
	distribution.CodeLimit:             "CBC.99004015",
	distribution.FreezeMismatch:        "CBC.0101",
	distribution.Reserved:              "CBC.99000051",
}
