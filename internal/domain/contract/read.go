package contract

import (
	"context"
	"os"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/fault"
)

// A Filter narrows contracts, newest first; zero values don't. After is the number of the last one seen.
type Filter struct {
	Account string
	State   State
	After   string
	Limit   int // 1 to 500; 0 = 50
}

// List pages through contracts of the own account; the vendor's staff see all, or those of f.Account. next is where the
// next page begins.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) (out []Contract, next string, err error) {
	if err := by.May(actor.ViewContracts); err != nil {
		return nil, "", err
	}
	if !by.Vendor() {
		if f.Account != "" {
			if err := by.Sees(f.Account); err != nil {
				return nil, "", err
			}
		}
		f.Account = by.Account
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	n := f.Limit
	f.Limit++
	out, err = list(ctx, s.db.Read(), f)
	if len(out) > n {
		out = out[:n]
		next = out[n-1].No
	}
	return out, next, err
}

// Get returns one contract with its lines: of the own account, for the vendor's staff any.
func (s *Service) Get(ctx context.Context, by actor.Actor, no string) (c Contract, err error) {
	if err := by.May(actor.ViewContracts); err != nil {
		return c, err
	}
	if c, err = find(ctx, s.db.Read(), no); err != nil {
		return c, err
	}
	if err := by.Sees(c.Account); err != nil {
		return Contract{}, err
	}
	return c, nil
}

// Timeline is what happened to a contract, oldest first. Who may see it may.
func (s *Service) Timeline(ctx context.Context, by actor.Actor, no string) ([]audit.Entry, error) {
	if _, err := s.Get(ctx, by, no); err != nil {
		return nil, err
	}
	return audit.History(ctx, s.db.Read(), "contract", no)
}

// OpenScan opens the scan of the signed contract; the caller closes it. Who may see the contract may.
func (s *Service) OpenScan(ctx context.Context, by actor.Actor, no string) (*os.File, Contract, error) {
	c, err := s.Get(ctx, by, no)
	if err != nil {
		return nil, c, err
	}
	if c.ScanHash == "" {
		return nil, c, fault.NotFound()
	}
	f, err := s.files.Open(c.ScanHash)
	return f, c, err
}
