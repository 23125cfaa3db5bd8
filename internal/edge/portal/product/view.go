package product

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

func yuan(ctx context.Context, minor int64) string { return i18n.From(ctx).Money(minor, ledger.CNY) }

// price is what a level costs for a term; a dash where it isn't sold.
func price(ctx context.Context, s rate.Sheet, l rate.Level, t rate.Term) string {
	row, ok := s.Row(l, t)
	if !ok {
		return "–"
	}
	return yuan(ctx, row.Minor)
}

func level(ctx context.Context, l rate.Level) string { return i18n.Say(ctx, product.LevelLabel(l)) }

func term(ctx context.Context, t rate.Term) string { return i18n.Say(ctx, product.TermLabel(t)) }

func say(ctx context.Context, m i18n.Msg) string {
	if m.IsZero() {
		return "–"
	}
	return i18n.Say(ctx, m)
}

func (v pricesView) state(ctx context.Context) string {
	return i18n.T(ctx, "prices.state", i18n.A{"version": v.now.Version, "since": calendar.DayOf(v.now.From).String(), "price": yuan(ctx, month(v.now))})
}

func month(c product.Catalogue) int64 {
	row, _ := c.Sheet.Row(rate.Standard, rate.Months(1))
	return row.Minor
}

func (v pricesView) next(ctx context.Context) string {
	switch {
	case len(v.coming) > 0:
		return i18n.T(ctx, "prices.next.coming", i18n.A{"day": calendar.DayOf(v.coming[0].From).String()})
	case v.Can(actor.ManagePrices):
		return i18n.T(ctx, "prices.next.vendor")
	}
	return i18n.T(ctx, "prices.next")
}

func (v versionView) state(ctx context.Context) string {
	switch v.c.State {
	case product.Draft:
		return i18n.T(ctx, "prices.state.draft", i18n.A{"n": len(v.differ), "version": v.before.Version})
	case product.Withdrawn:
		return i18n.T(ctx, "prices.state.withdrawn")
	}
	day := calendar.DayOf(v.c.From).String()
	switch {
	case v.c.From.After(v.now):
		return i18n.T(ctx, "prices.state.coming", i18n.A{"day": day})
	case !v.c.Until.IsZero() && !v.c.Until.After(v.now):
		return i18n.T(ctx, "prices.state.past", i18n.A{"day": day, "until": calendar.DayOf(v.c.Until.Add(-time.Second)).String()})
	}
	return i18n.T(ctx, "prices.state.force", i18n.A{"day": day})
}

func (v versionView) next(ctx context.Context) string {
	switch {
	case v.edits():
		return i18n.T(ctx, "prices.next.draft")
	case v.c.State == product.Published && v.c.From.After(v.now) && v.Can(actor.ManagePrices):
		return i18n.T(ctx, "prices.next.take_back")
	}
	return i18n.T(ctx, "prices.next.kept")
}

// edits tells whether the reader may change this version.
func (v versionView) edits() bool { return v.c.State == product.Draft && v.Can(actor.ManagePrices) }

// drops tells whether the reader may drop it or take it back.
func (v versionView) drops() bool {
	return v.Can(actor.ManagePrices) && (v.c.State == product.Draft || v.c.State == product.Published && v.c.From.After(v.now))
}

// stored is a price as the form shows it before anything was typed.
func (v versionView) stored(l rate.Level, t rate.Term) string {
	for _, p := range v.c.Sheet.Prices {
		if p.Level == l && p.Term == t {
			return money.Text(p.Minor)
		}
	}
	return ""
}

func stateTone(s product.State) ui.Tone {
	switch s {
	case product.Published:
		return ui.Good
	case product.Draft:
		return ui.Warn
	}
	return ui.Neutral
}

func couponTone(s product.CouponState) ui.Tone {
	switch s {
	case product.Usable:
		return ui.Good
	case product.Locked:
		return ui.Warn
	}
	return ui.Neutral
}

// offerState is where a discount stands at the present.
func (v offersView) offerState(ctx context.Context, o product.Offer) (ui.Tone, string) {
	switch {
	case o.Runs(v.now):
		return ui.Good, i18n.T(ctx, "prices.offer.runs")
	case !o.EndedAt.IsZero() || !v.now.Before(o.Until):
		return ui.Neutral, i18n.T(ctx, "prices.offer.ended")
	}
	return ui.Warn, i18n.T(ctx, "prices.offer.coming")
}

// open tells whether a discount can still be ended.
func (v offersView) open(o product.Offer) bool { return o.EndedAt.IsZero() && v.now.Before(o.Until) }

func (v offersView) running() (n int) {
	for _, o := range v.offers {
		if o.Runs(v.now) {
			n++
		}
	}
	return n
}

func (v offersView) usable() (n int) {
	for _, c := range v.coupons {
		if c.State(v.now) == product.Usable {
			n++
		}
	}
	return n
}

// scope says what a discount is for.
func scope(ctx context.Context, levels []rate.Level, orders []string) string {
	var words []string
	for _, l := range levels {
		words = append(words, level(ctx, l))
	}
	for _, o := range orders {
		words = append(words, i18n.Say(ctx, product.OrderLabel(o)))
	}
	if len(words) == 0 {
		return i18n.T(ctx, "prices.scope.all")
	}
	return strings.Join(words, " · ")
}

// lastDay is the last day of an exclusive end.
func lastDay(t time.Time) string { return calendar.DayOf(t.Add(-time.Microsecond)).String() }

func kindOptions(ctx context.Context) (out []ui.Option) {
	for _, k := range product.OfferKinds {
		out = append(out, ui.Option{Value: string(k), Label: i18n.Say(ctx, k.Label())})
	}
	return out
}

func modeOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(rate.Ratio), Label: i18n.T(ctx, "prices.mode.ratio")}, {Value: string(rate.Fixed), Label: i18n.T(ctx, "prices.mode.fixed")},
		{Value: string(rate.Off), Label: i18n.T(ctx, "prices.mode.off")}}
}

func levelOptions(ctx context.Context) (out []ui.Option) {
	for _, l := range product.Levels {
		out = append(out, ui.Option{Value: string(l), Label: level(ctx, l)})
	}
	return out
}

func orderOptions(ctx context.Context) (out []ui.Option) {
	for _, o := range product.Orders {
		out = append(out, ui.Option{Value: o, Label: i18n.Say(ctx, product.OrderLabel(o))})
	}
	return out
}

func percentText(n int64) string {
	if n == 0 {
		return ""
	}
	s := product.Percent(n)
	if n > 0 {
		return "+" + s
	}
	return "−" + product.Percent(-n)
}

func dayText(t time.Time) string { return calendar.DayOf(t).String() }

func languageName(ctx context.Context, lang string) string {
	if lang == i18n.Chinese {
		return i18n.T(ctx, "prices.lang.zh")
	}
	return i18n.T(ctx, "prices.lang.en")
}

func (v offersView) offerColumns(ctx context.Context, staff bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "prices.name")}, {Label: i18n.T(ctx, "prices.kind")}}
	if staff {
		out = append(out, ui.Column{Label: i18n.T(ctx, "prices.for")})
	}
	return append(out, v.lastColumns(ctx, staff)...)
}

func (v offersView) couponColumns(ctx context.Context, staff bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "prices.name")}}
	if staff {
		out = append(out, ui.Column{Label: i18n.T(ctx, "prices.for")})
	}
	return append(out, v.lastColumns(ctx, staff)...)
}

// lastColumns are those that both tables end with.
func (v offersView) lastColumns(ctx context.Context, staff bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "prices.discount")}, {Label: i18n.T(ctx, "prices.scope")}, {Label: i18n.T(ctx, "prices.valid_until")}, {Label: i18n.T(ctx, "prices.status")}}
	if staff && v.Can(actor.GrantDiscounts) {
		out = append(out, ui.Column{Label: i18n.T(ctx, "prices.do"), Hidden: true})
	}
	return out
}

// firstPage leads back to the beginning of the list of discounts. The page of one's own has two lists: there first is
// the coupons' next page.
func (v offersView) firstPage(staff bool) string {
	if staff {
		return v.first
	}
	return ""
}

func (v offersView) couponPager(staff bool) templ.Component {
	if staff {
		return ui.Pager(ui.PagerView{Prev: v.first, Next: v.after})
	}
	return ui.Pager(ui.PagerView{Next: v.first})
}
