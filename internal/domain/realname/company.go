package realname

import (
	"context"
	"io"
	"os"
	"slices"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// company is the side of a company's own name. A customer may be one human, who shows an identity document then.
func company(by actor.Actor) (side, error) {
	if err := by.May(actor.CompanyRealName); err != nil {
		return side{}, err
	}
	return side{actor.CompanyRealName, by.Account, TypesFor(by.Kind)}, nil
}

// TypesFor lists the documents with which an account of a kind proves its name.
func TypesFor(k actor.Kind) []string {
	if k == actor.Customer {
		return slices.Concat(CompanyTypes, IDTypes)
	}
	return CompanyTypes
}

// SubmitCompany hands in the claim of the actor's company to its name, with its registration: a PNG, JPEG or PDF of at
// most 10 MiB. Administrators of partners and customers may. Conflict while another claim waits.
func (s *Service) SubmitCompany(ctx context.Context, by actor.Actor, in Submission, file io.Reader) (Case, error) {
	x, err := company(by)
	if err != nil {
		return Case{}, err
	}
	return s.submit(ctx, by, x, in, file)
}

// OfCompany lists the claims of the actor's company, newest first.
func (s *Service) OfCompany(ctx context.Context, by actor.Actor) ([]Case, error) {
	x, err := company(by)
	if err != nil {
		return nil, err
	}
	return ofPerson(ctx, s.db.Read(), x.owner)
}

// WithdrawCompany takes the company's waiting claim back.
func (s *Service) WithdrawCompany(ctx context.Context, by actor.Actor, caseID string) error {
	x, err := company(by)
	if err != nil {
		return err
	}
	return s.withdraw(ctx, by, x, caseID)
}

// CompanyFile opens the evidence of the company's own claim. The caller closes it.
func (s *Service) CompanyFile(ctx context.Context, by actor.Actor, caseID string) (*os.File, Case, error) {
	x, err := company(by)
	if err != nil {
		return nil, Case{}, err
	}
	return s.open(ctx, x.owner, caseID)
}

// Standing is how far an account has proved its name, as the vendor's API counts it: -1 never tried, 0 a claim waits,
// 1 refused, 2 verified; and with which document.
func Standing(ctx context.Context, q db.Querier, account string) (verified int, idType, name string, err error) {
	all, err := ofPerson(ctx, q, account)
	if err != nil || len(all) == 0 {
		return -1, "", "", err
	}
	for _, c := range all {
		if c.State == Approved {
			return 2, c.IDType, c.Name, nil
		}
	}
	switch all[0].State {
	case Pending:
		return 0, all[0].IDType, all[0].Name, nil
	case Refused, Revoked:
		return 1, all[0].IDType, all[0].Name, nil
	}
	return -1, "", "", nil
}
