package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// PriceRow is one price of a version.
type PriceRow struct {
	Level  string `json:"level" enum:"STANDARD,PREMIUM"`
	Unit   string `json:"unit" enum:"MONTH,YEAR"`
	Num    int    `json:"num" minimum:"1" maximum:"3"`
	Amount string `json:"amount" maxLength:"24"`
}

// LocalText is one text in both languages.
type LocalText struct {
	EN string `json:"en"`
	ZH string `json:"zh_hans"`
}

// ServiceItem is what the levels contain of one thing.
type ServiceItem struct {
	Code     string    `json:"code"`
	Title    LocalText `json:"title"`
	Basic    LocalText `json:"basic"`
	Standard LocalText `json:"standard"`
	Premium  LocalText `json:"premium"`
}

// LevelTerms are the countable things of a level.
type LevelTerms struct {
	Tickets    int  `json:"tickets_a_month" doc:"0 = no limit"`
	Packs      bool `json:"packs_sold"`
	Consulting int  `json:"consulting_days_a_year"`
	KeyEvents  int  `json:"key_event_days_a_year"`
	Trainings  int  `json:"trainings_a_month"`
}

// PriceVersion is a version of the support plan catalogue.
type PriceVersion struct {
	Version     int64         `json:"version"`
	State       string        `json:"state" enum:"draft,published,withdrawn"`
	From        time.Time     `json:"effective_at,omitzero"`
	Until       time.Time     `json:"replaced_at,omitzero"`
	Note        string        `json:"note,omitempty"`
	Prices      []PriceRow    `json:"prices"`
	Pack        string        `json:"pack_price"`
	PackTickets int           `json:"pack_tickets"`
	Standard    LevelTerms    `json:"standard"`
	Premium     LevelTerms    `json:"premium"`
	YearlyOnly  bool          `json:"days_with_yearly_plans_only"`
	Items       []ServiceItem `json:"items"`
	Edition     int64         `json:"edition" doc:"Send it back with a change: a stale one is refused"`
}

func local(m map[string]string) LocalText { return LocalText{m[i18n.English], m[i18n.Chinese]} }

func (l LocalText) both() map[string]string {
	return map[string]string{i18n.English: l.EN, i18n.Chinese: l.ZH}
}

func toTerms(q product.Quota) LevelTerms {
	return LevelTerms{q.Tickets, q.Packs, q.Consulting, q.KeyEvents, q.Trainings}
}

func (l LevelTerms) quota() product.Quota {
	return product.Quota{Tickets: l.Tickets, Packs: l.Packs, Consulting: l.Consulting, KeyEvents: l.KeyEvents, Trainings: l.Trainings}
}

func toPriceVersion(c product.Catalogue) PriceVersion {
	return PriceVersion{Version: c.Version, State: string(c.State), From: c.From, Until: c.Until, Note: c.Note, Pack: money.Text(c.Sheet.Pack), PackTickets: c.Terms.PackTickets,
		Prices: each(c.Sheet.Prices, func(p rate.Price) PriceRow {
			return PriceRow{string(p.Level), string(p.Term.Unit), p.Term.Num, money.Text(p.Minor)}
		}),
		Standard: toTerms(c.Terms.Standard), Premium: toTerms(c.Terms.Premium), YearlyOnly: c.Terms.YearlyOnly, Edition: c.Edition,
		Items: each(c.Items, func(x product.Item) ServiceItem {
			return ServiceItem{x.Code, local(x.Title), local(x.Basic), local(x.Standard), local(x.Premium)}
		})}
}

// priceBody is a draft as a whole.
type priceBody struct {
	Note        string        `json:"note,omitempty" maxLength:"1000"`
	Prices      []PriceRow    `json:"prices" maxItems:"20"`
	Pack        string        `json:"pack_price" maxLength:"24"`
	PackTickets int           `json:"pack_tickets"`
	Standard    LevelTerms    `json:"standard"`
	Premium     LevelTerms    `json:"premium"`
	YearlyOnly  bool          `json:"days_with_yearly_plans_only,omitempty"`
	Items       []ServiceItem `json:"items" maxItems:"50"`
	Edition     int64         `json:"edition"`
}

func (b priceBody) catalogue(n int64) (c product.Catalogue, err error) {
	var fs fault.Fields
	c = product.Catalogue{Version: n, Note: b.Note, Edition: b.Edition, Terms: product.Terms{PackTickets: b.PackTickets, Standard: b.Standard.quota(), Premium: b.Premium.quota(), YearlyOnly: b.YearlyOnly}}
	for _, p := range b.Prices {
		t := rate.Term{Unit: rate.Unit(p.Unit), Num: p.Num}
		c.Sheet.Prices = append(c.Sheet.Prices, rate.Price{Level: rate.Level(p.Level), Term: t, Minor: money.Field(&fs, product.Field(rate.Level(p.Level), t), p.Amount)})
	}
	c.Sheet.Pack = money.Field(&fs, "pack_price", b.Pack)
	for _, x := range b.Items {
		c.Items = append(c.Items, product.Item{Code: x.Code, Title: x.Title.both(), Basic: x.Basic.both(), Standard: x.Standard.both(), Premium: x.Premium.both()})
	}
	return c, fs.Err()
}

// PriceDifference is one thing that two versions say differently.
type PriceDifference struct {
	What    string `json:"what"`
	Was     string `json:"was"`
	Becomes string `json:"becomes"`
	Percent string `json:"change,omitempty"`
}

// AgreementVersion is a version of the service agreement.
type AgreementVersion struct {
	Version int64     `json:"version"`
	State   string    `json:"state" enum:"draft,published,withdrawn"`
	From    time.Time `json:"effective_at,omitzero"`
	Title   LocalText `json:"title"`
	Body    LocalText `json:"body"`
	Edition int64     `json:"edition"`
}

func toAgreement(a product.Agreement) AgreementVersion {
	return AgreementVersion{a.Version, string(a.State), a.From, LocalText{a.Titles.EN, a.Titles.ZH}, LocalText{a.Body.EN, a.Body.ZH}, a.Edition}
}

type versionPath struct {
	Version int64 `path:"version" minimum:"1"`
}

// since is from when something is to hold.
type since struct {
	Edition int64     `json:"edition"`
	From    time.Time `json:"effective_at,omitzero" doc:"Missing = at once"`
}

func (a *API) products() {
	const tag, path = "Support plan catalogue", "/api/v1/prices"
	add(a, Operation{Method: "GET", Path: path, ID: "list_price_versions", Tag: tag, Summary: "Versions of the support plan catalogue, newest first", Verb: actor.ViewPrices},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Versions []PriceVersion `json:"versions"`
		}, err error) {
			list, err := a.Product.Versions(ctx, by)
			out.Versions = each(list, toPriceVersion)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/current", ID: "show_current_prices", Tag: tag, Summary: "The catalogue in force", Verb: actor.ViewPrices},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (PriceVersion, error) {
			c, err := a.Product.Catalogue(ctx, by, 0)
			return toPriceVersion(c), err
		})
	add(a, Operation{Method: "GET", Path: path + "/versions/{version}", ID: "show_price_version", Tag: tag, Summary: "One version", Verb: actor.ViewPrices},
		func(ctx context.Context, by actor.Actor, in *versionPath) (PriceVersion, error) {
			c, err := a.Product.Catalogue(ctx, by, in.Version)
			return toPriceVersion(c), err
		})
	add(a, Operation{Method: "GET", Path: path + "/versions/{version}/difference", ID: "compare_price_versions", Tag: tag, Summary: "What a version says differently than another", Verb: actor.ViewPrices},
		func(ctx context.Context, by actor.Actor, in *struct {
			versionPath
			Against int64 `query:"against" minimum:"0" doc:"Missing = the one in force"`
		}) (out struct {
			Differences []PriceDifference `json:"differences"`
		}, err error) {
			was, err := a.Product.Catalogue(ctx, by, in.Against)
			if err != nil {
				return out, err
			}
			c, err := a.Product.Catalogue(ctx, by, in.Version)
			if err != nil {
				return out, err
			}
			out.Differences = each(product.Compare(was, c), func(d product.Difference) PriceDifference {
				return PriceDifference{i18n.Say(ctx, d.What), i18n.Say(ctx, d.Was), i18n.Say(ctx, d.Becomes), product.Percent(d.Percent)}
			})
			return out, nil
		})
	a.priceDrafts(tag, path)
	a.agreements(tag)
	a.discounts()
}

func (a *API) priceDrafts(tag, path string) {
	add(a, Operation{Method: "POST", Path: path + "/drafts", ID: "begin_price_version", Tag: tag, Summary: "Begin a draft as a copy of the catalogue in force", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (PriceVersion, error) {
			c, err := a.Product.NewDraft(ctx, by)
			return toPriceVersion(c), err
		})
	add(a, Operation{Method: "PUT", Path: path + "/versions/{version}", ID: "save_price_version", Tag: tag, Summary: "Write a draft as a whole", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, in *struct {
			versionPath
			Body priceBody
		}) (PriceVersion, error) {
			c, err := in.Body.catalogue(in.Version)
			if err == nil {
				c, err = a.Product.Save(ctx, by, c)
			}
			return toPriceVersion(c), err
		})
	add(a, Operation{Method: "POST", Path: path + "/versions/{version}/publish", ID: "publish_price_version", Tag: tag, Summary: "Publish a draft, now or from an instant on", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, in *struct {
			versionPath
			Body since
		}) (PriceVersion, error) {
			c, err := a.Product.Publish(ctx, by, in.Version, in.Body.Edition, in.Body.From)
			return toPriceVersion(c), err
		})
	add(a, Operation{Method: "POST", Path: path + "/versions/{version}/withdraw", ID: "withdraw_price_version", Tag: tag, Summary: "Drop a draft, or take back a version that isn't in force yet", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, in *versionPath) (none, error) {
			return none{}, a.Product.Withdraw(ctx, by, in.Version)
		})
}

func (a *API) agreements(tag string) {
	const path = "/api/v1/agreements"
	type body struct {
		Title   LocalText `json:"title"`
		Body    LocalText `json:"body"`
		Edition int64     `json:"edition,omitempty"`
	}
	text := func(n int64, b body) product.Agreement {
		return product.Agreement{Version: n, Titles: product.Names{EN: b.Title.EN, ZH: b.Title.ZH}, Body: product.Names{EN: b.Body.EN, ZH: b.Body.ZH}, Edition: b.Edition}
	}
	add(a, Operation{Method: "GET", Path: path, ID: "list_agreements", Tag: tag, Summary: "Versions of the service agreement, newest first", Verb: actor.ViewPrices},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Versions []AgreementVersion `json:"versions"`
		}, err error) {
			list, err := a.Product.Agreements(ctx, by)
			out.Versions = each(list, toAgreement)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/current", ID: "show_current_agreement", Tag: tag, Summary: "The agreement in force", Verb: actor.ViewPrices},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (AgreementVersion, error) {
			x, err := a.Product.Agreement(ctx, by, 0)
			return toAgreement(x), err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "begin_agreement", Tag: tag, Summary: "Begin a draft of the agreement", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, in *struct{ Body body }) (AgreementVersion, error) {
			x, err := a.Product.SaveAgreement(ctx, by, text(0, in.Body))
			return toAgreement(x), err
		})
	add(a, Operation{Method: "PUT", Path: path + "/{version}", ID: "save_agreement", Tag: tag, Summary: "Write a draft of the agreement", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, in *struct {
			versionPath
			Body body
		}) (AgreementVersion, error) {
			x, err := a.Product.SaveAgreement(ctx, by, text(in.Version, in.Body))
			return toAgreement(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{version}/publish", ID: "publish_agreement", Tag: tag, Summary: "Publish a draft, now or from an instant on", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, in *struct {
			versionPath
			Body since
		}) (AgreementVersion, error) {
			x, err := a.Product.PublishAgreement(ctx, by, in.Version, in.Body.Edition, in.Body.From)
			return toAgreement(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{version}/withdraw", ID: "withdraw_agreement", Tag: tag, Summary: "Drop a draft, or take back a version that isn't in force yet", Verb: actor.ManagePrices},
		func(ctx context.Context, by actor.Actor, in *versionPath) (none, error) {
			return none{}, a.Product.WithdrawAgreement(ctx, by, in.Version)
		})
}

// share reads a decimal of at most four places between 0 and 1, such as 0.125, as ten-thousandths; "" is 0.
func share(fs *fault.Fields, name, typed string) int64 {
	if typed == "" {
		return 0
	}
	whole, part, _ := strings.Cut(typed, ".")
	n, err := strconv.ParseInt(whole+(part + "0000")[:4], 10, 64)
	if err != nil || len(part) > 4 || n < 0 || n > 10000 {
		fs.Add(name, typed, i18n.M("product.bad_ratio"))
	}
	return n
}
