package qualification

import (
	"context"
	"time"
	"unicode"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// Wire reads from the real modules. checkName refuses a company name that a certificate can't print; nil takes any.
func Wire(r *roster.Service, working *calendar.Working, checkName func(field, name string) error) Sources {
	return Sources{
		People: func(ctx context.Context, q db.Querier, partner string, at time.Time) ([]program.Person, error) {
			return r.EngineersAt(ctx, q, partner, at)
		},
		Fleet: r.StreamFleet,
		Partner: func(ctx context.Context, q db.Querier, id string) (Partner, error) {
			a, err := account.Get(ctx, q, id)
			if err == nil && a.Kind != actor.Partner {
				err = fault.NotFound()
			}
			return partnerOf(a), err
		},
		EachPartner: func(ctx context.Context, q db.Querier, use func(Partner) error) error {
			return account.EachPartner(ctx, q, func(a account.Account) error { return use(partnerOf(a)) })
		},
		Leave: func(ctx context.Context, tx *db.Tx, by actor.Actor, partner, person string, on calendar.Day) error {
			_, err := r.EndBinding(ctx, tx, by, partner, person, on)
			return err
		},
		Working: func(context.Context, db.Querier, time.Time) (*calendar.Working, error) { return working, nil },
		NoticeDays: func(ctx context.Context, q db.Querier, at time.Time) ([]int, error) {
			return setting.Ints(ctx, q, setting.NoticeDays, at)
		},
		UploadBytes: func(ctx context.Context, q db.Querier, at time.Time) (int64, error) {
			n, err := setting.Int(ctx, q, setting.UploadBytes, at)
			return int64(n), err
		},
		CheckName: checkName,
	}
}

// channelKinds are the channel's roles as the H3C programs name them.
var channelKinds = map[account.Channel]string{
	account.Distributor: "AD", account.Reseller: "CP", account.SolutionProvider: "ACP", account.ServicePartner: "ASP",
}

func partnerOf(a account.Account) Partner {
	p := Partner{ID: a.ID, Name: a.Name, Country: a.Country, Address: a.Address, Contact: a.Contact, Email: a.Email,
		Phone: a.Phone, Market: a.Market, Active: a.State == account.Active, Frozen: a.State == account.Frozen}
	if a.Market == account.China {
		p.Market = "domestic"
	}
	for _, r := range a.Name {
		if unicode.Is(unicode.Han, r) {
			p.NameZH = a.Name
			break
		}
	}
	for _, c := range a.Channel {
		p.Channels = append(p.Channels, string(c))
		if k := channelKinds[c]; k != "" {
			p.Channels = append(p.Channels, k)
		}
	}
	return p
}
