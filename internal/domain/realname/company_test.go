package realname_test

import (
	"bytes"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/realname"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
)

func TestACompanyProvesItsNameWithItsRegistration(t *testing.T) {
	each(t, func(w *world) {
		s, ctx, d := w.s, t.Context(), w.DB
		north, reviewer := w.Partner("North"), w.VendorUser(actor.Reviewer)
		licence := realname.Submission{Name: "North Ltd", Country: "SG", IDType: "business_licence", Number: "201912345K", FileName: "licence.pdf"}
		file := func() *bytes.Reader { return bytes.NewReader([]byte(pdf)) }
		standing := func(want int) {
			t.Helper()
			if got, _, _, err := realname.Standing(ctx, d.Read(), north.Account); got != want || err != nil {
				t.Errorf("the company stands at %d, %v; want %d", got, err, want)
			}
		}
		standing(-1)
		card := licence
		card.IDType = "id_card"
		if _, err := s.SubmitCompany(ctx, north, card, file()); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a partner shows an identity card: %v", err)
		}
		first, err := s.SubmitCompany(ctx, north, licence, file())
		fixture.Must(t, err)
		standing(0)
		if !first.Company() {
			t.Error("the case isn't a company's")
		}
		fixture.Must(t, s.Refuse(ctx, reviewer, first.ID, first.Version, "It's blurred."))
		standing(1)
		second, err := s.SubmitCompany(ctx, north, licence, file())
		fixture.Must(t, err)
		fixture.Must(t, s.Approve(ctx, reviewer, second.ID, second.Version))
		standing(2)
		south := w.Partner("South")
		third, err := s.SubmitCompany(ctx, south, licence, file())
		fixture.Must(t, err)
		if err := s.Approve(ctx, reviewer, third.ID, third.Version); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("two companies with one registration: %v", err)
		}
		if err := s.WithdrawCompany(ctx, north, third.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger takes a claim back: %v", err)
		}
		fixture.Must(t, s.WithdrawCompany(ctx, south, third.ID))
		if all, err := s.OfCompany(ctx, north); len(all) != 2 || err != nil {
			t.Errorf("%d claims, %v; want 2", len(all), err)
		}
	})
}
