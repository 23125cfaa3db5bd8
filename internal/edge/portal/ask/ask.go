// Package ask is the part of a form that asks for an identity code, the same on every page that does something
// sensitive. It works without scripts: the button for a code sends the same form, which comes back as it was typed.
package ask

import (
	"context"
	"net/http"
	"time"

	"hanse/internal/domain/confirm"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Wish is the name of the button that asks for a code.
const Wish = "send_code"

// A Field is what the form part shows. The zero Field asks for nothing.
type Field struct {
	Needed bool
	Sent   bool
	To     string    // where the code went
	Until  time.Time // until when it works: a wall instant
	Error  string
	Typed  string
	Places []confirm.Place // where it can go; a choice when there are several
	Place  string          // the chosen one
}

// For tells whether a form asks for a code.
func For(r *http.Request, q db.Querier, c *confirm.Service, op confirm.Operation) (Field, error) {
	needed, err := c.Needed(r.Context(), q, site.By(r), op)
	if err != nil || !needed {
		return Field{}, err
	}
	f := Field{Needed: true, Typed: r.PostFormValue("code")}
	return f, f.places(r, c)
}

// places adds where the code can go, and the choice that was made.
func (f *Field) places(r *http.Request, c *confirm.Service) (err error) {
	f.Place = r.PostFormValue("channel")
	f.Places, err = c.Places(r.Context(), site.By(r))
	if f.Place == "" && len(f.Places) > 0 {
		f.Place = f.Places[0].Channel
	}
	return err
}

// Wanted tells whether the form was sent to get a code and not to do what it's for. With a code in the field it's for
// doing: the Enter key presses the first button of a form, which is the one for a code.
func Wanted(r *http.Request) bool {
	return r.PostFormValue(Wish) != "" && r.PostFormValue("code") == ""
}

// Send sends a code for what the form says now. What is refused stands at the field.
func Send(r *http.Request, c *confirm.Service, op confirm.Operation, about string) (Field, error) {
	f := Field{Needed: true}
	if err := f.places(r, c); err != nil {
		return f, err
	}
	sent, err := c.SendBy(r.Context(), site.By(r), op, about, f.Place)
	if k := fault.KindOf(err); k == fault.KindInvalid || k == fault.KindTooMany {
		for _, e := range site.Errors(r, err) {
			f.Error = e.Text
		}
		return f, nil
	}
	f.Sent, f.To, f.Until = err == nil, sent.To, sent.ExpiresAt
	return f, err
}

// Refused puts the refusal of a code at the field.
func (f Field) Refused(r *http.Request, err error) Field {
	if text := site.ErrorOf(site.Errors(r, err), "code"); text != "" {
		f.Needed, f.Error, f.Typed = true, text, ""
	}
	return f
}

// options are the places as a choice.
func (f Field) options(ctx context.Context) (out []ui.Option) {
	for _, p := range f.Places {
		label := i18n.T(ctx, "confirm.by_email", i18n.A{"to": p.To})
		if p.Channel == "sms" {
			label = i18n.T(ctx, "confirm.by_sms", i18n.A{"to": p.To})
		}
		out = append(out, ui.Option{Value: p.Channel, Label: label})
	}
	return out
}

// Label is what users call an operation that asks for a code.
func Label(op confirm.Operation) i18n.Msg {
	switch op {
	case confirm.Adjust:
		return i18n.M("confirm.op.adjust")
	case confirm.Voucher:
		return i18n.M("confirm.op.voucher")
	case confirm.Quota:
		return i18n.M("confirm.op.quota")
	case confirm.Pay:
		return i18n.M("confirm.op.pay")
	case confirm.Order:
		return i18n.M("confirm.op.order")
	case confirm.Price:
		return i18n.M("confirm.op.price")
	case confirm.Dissociate:
		return i18n.M("confirm.op.dissociate")
	case confirm.Answer:
		return i18n.M("confirm.op.answer")
	case confirm.Delegate:
		return i18n.M("confirm.op.delegate")
	case confirm.Budget:
		return i18n.M("confirm.op.budget")
	case confirm.Withdraw:
		return i18n.M("confirm.op.withdraw")
	}
	return i18n.Raw(string(op))
}
