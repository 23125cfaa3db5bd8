package order

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// QuoteLife is how long a quote holds.
const QuoteLife = 15 * time.Minute

// An Ask is what a price is wanted for. Level is for Buy and Change, Term for Buy and Renew, Packs for Pack, Cancel for
// Unsubscribe. Discount, which may be empty, is the id of a discount or a discount coupon.
type Ask struct {
	Kind     Kind       `json:"kind"`
	Level    rate.Level `json:"level,omitempty"`
	Term     rate.Term  `json:"term"`
	Packs    int        `json:"packs,omitempty"`
	Cancel   int        `json:"cancel,omitempty"`
	Discount string     `json:"discount,omitempty"`
}

// A Quote is a price or a refund that holds until an instant, with all that's worth knowing before agreeing. The token
// is what Place takes.
type Quote struct {
	Ask          Ask
	Token        string
	At           time.Time
	Until        time.Time
	Price        *rate.Quote // nil for an unsubscription
	Back         *rate.Back  // nil for what costs
	Plan         subscription.Subscription
	Catalogue    int64
	After        time.Time      // the expiry when it's done; zero when the level becomes BASIC
	AfterLevel   rate.Level     // the level when it's done
	NoReasonLeft int            // five-day returns left in this year, before this one
	NoReasonDay  calendar.Day   // the last day of that year
	Warnings     []i18n.Msg     // what the buyer may not expect
	Offer        *product.Offer // the discount that was asked for
}

// Due is what is to be paid before coupons; 0 for a refund.
func (q Quote) Due() int64 {
	if q.Price != nil && q.Back == nil {
		return q.Price.Due
	}
	return 0
}

// Total is what comes back.
func (q Quote) Total() int64 {
	if q.Back != nil {
		return q.Back.Total
	}
	return 0
}

// A ground is what a price is computed from.
type ground struct {
	account account.Account
	plan    subscription.Subscription
	has     bool // the account has a live plan of its own
	cat     product.Catalogue
	at      time.Time
}

func (s *Service) ground(ctx context.Context, q db.Querier, id string, at time.Time) (g ground, err error) {
	if g.account, err = account.Get(ctx, q, id); err != nil {
		return g, err
	}
	g.at = at.Truncate(time.Second)
	if g.plan, g.has, err = subscription.Of(ctx, q, id); err != nil {
		return g, err
	}
	g.cat, err = product.At(ctx, q, at)
	return g, err
}

// Quote computes what an order costs or gives back now. Who places orders of the own account may. A rate or order
// refusal says why it can't be had.
func (s *Service) Quote(ctx context.Context, by actor.Actor, a Ask) (Quote, error) {
	if err := by.May(actor.PlaceOrder); err != nil {
		return Quote{}, err
	}
	q := s.db.Read()
	g, err := s.ground(ctx, q, by.Account, s.db.Clock().Now())
	if err != nil {
		return Quote{}, err
	}
	if err := s.allowed(ctx, q, g, a.Kind); err != nil {
		return Quote{}, err
	}
	return s.quote(ctx, q, g, a)
}

// quote computes and signs.
func (s *Service) quote(ctx context.Context, q db.Querier, g ground, a Ask) (out Quote, err error) {
	out = Quote{Ask: a, At: g.at, Until: g.at.Add(QuoteLife), Plan: g.plan, Catalogue: g.cat.Version}
	d, err := s.askedDiscount(ctx, q, g, &out)
	if err != nil {
		return out, err
	}
	switch a.Kind {
	case Buy, Pack, Renew:
		err = out.sale(g, d)
	case Change:
		err = s.change(ctx, q, g, d, &out)
	case Unsubscribe:
		err = s.cancel(ctx, q, g, &out)
	default:
		err = fault.Invalid("kind", i18n.M("order.bad_kind"))
	}
	if err != nil {
		return out, asFault(err)
	}
	out.Token, err = s.sign(g.account.ID, out)
	return out, err
}

// sale prices what is bought outright.
func (out *Quote) sale(g ground, d *rate.Discount) error {
	a := out.Ask
	var p rate.Quote
	var err error
	switch {
	case a.Kind == Pack && (!g.has || g.plan.Serves() != rate.Standard):
		return &rate.Refusal{Why: rate.NotStandard, Field: "kind", Value: string(a.Kind)}
	case a.Kind == Pack:
		p, err = rate.Packs(g.cat.Sheet, a.Packs, g.at)
	case a.Kind == Buy && g.has:
		return &rate.Refusal{Why: rate.NotBasic, Field: "level", Value: string(g.plan.Level)}
	case a.Kind == Buy:
		p, err = rate.Buy(g.cat.Sheet, a.Level, a.Term, g.at, d)
	case !g.has:
		return &rate.Refusal{Why: rate.NotRunning, Field: "kind", Value: string(a.Kind)}
	default:
		p, err = rate.Renew(g.cat.Sheet, g.plan.History, a.Term, g.plan.Unify, g.at, d)
	}
	if err != nil {
		return err
	}
	out.Price, out.After, out.AfterLevel = &p, p.End, p.Level
	if a.Kind == Pack {
		out.After, out.AfterLevel = g.plan.Expires, g.plan.Level
	}
	return nil
}

// change prices another level.
func (s *Service) change(ctx context.Context, q db.Querier, g ground, d *rate.Discount, out *Quote) error {
	if !g.has {
		return &rate.Refusal{Why: rate.NotRunning, Field: "level", Value: string(out.Ask.Level)}
	}
	if err := tooOften(ctx, q, g); err != nil {
		return err
	}
	out.After, out.AfterLevel = g.plan.Expires, out.Ask.Level
	if out.Ask.Level.Rank() >= g.plan.Level.Rank() {
		p, err := rate.Upgrade(g.cat.Sheet, g.plan.History, out.Ask.Level, g.at, d)
		out.Price = &p
		return err
	}
	back, p, err := rate.Downgrade(g.cat.Sheet, g.plan.History, out.Ask.Level, g.at)
	if err != nil {
		return err
	}
	out.Price, out.Back = &p, &back
	if back.Total == 0 {
		out.Warnings = append(out.Warnings, i18n.M("order.warn.nothing_back"))
	}
	return nil
}

// tooOften refuses a third level change within 30 days.
func tooOften(ctx context.Context, q db.Querier, g ground) error {
	most, err := setting.Int(ctx, q, setting.LevelChanges, g.at)
	if err != nil {
		return err
	}
	n, err := changes(ctx, q, g.account.ID, g.at.AddDate(0, 0, -30))
	if err != nil || n < int64(most) {
		return err
	}
	return &rate.Refusal{Why: rate.TooOften, Field: "level", Value: strconv.FormatInt(n, 10), Limit: "30"}
}

// cancel prices an unsubscription.
func (s *Service) cancel(ctx context.Context, q db.Querier, g ground, out *Quote) error {
	if !g.has {
		return &rate.Refusal{Why: rate.NotRunning, Field: "kind", Value: string(out.Ask.Kind)}
	}
	r, err := s.rules(ctx, q, g, out)
	if err != nil {
		return err
	}
	back, err := rate.Cancel(g.plan.History, out.Ask.Cancel, g.at, r)
	if err != nil {
		return err
	}
	out.Back, out.AfterLevel = &back, rate.Basic
	if out.Ask.Cancel == rate.CancelFuture {
		h := g.plan.History.Cancelled(out.Ask.Cancel, g.at)
		out.After, out.AfterLevel = h.Expiry(), g.plan.Level
	}
	return nil
}

// rules are what an unsubscription depends on besides the history.
func (s *Service) rules(ctx context.Context, q db.Querier, g ground, out *Quote) (r rate.Rules, err error) {
	r = rate.StandardRules()
	most, err := setting.Int(ctx, q, setting.NoReasonPerYear, g.at)
	if err != nil {
		return r, err
	}
	over, err := setting.Int(ctx, q, setting.ReviewRefund, g.at)
	if err != nil {
		return r, err
	}
	r.ReviewOver = int64(over) * 100
	if r.Days, err = setting.Bool(ctx, q, setting.UnsubscribeDays, g.at); err != nil {
		return r, err
	}
	day := calendar.DayOf(g.at)
	year, _, _ := day.Split()
	n, err := noReasons(ctx, q, g.account.ID, year)
	if err != nil {
		return r, err
	}
	r.NoReasonLeft = max(0, most-int(n))
	out.NoReasonLeft, out.NoReasonDay = r.NoReasonLeft, day.YearEnd()
	first, err := Get(ctx, q, g.account.ID, g.plan.History.Periods[0].Order)
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		return r, err
	}
	if o := first.Chosen.Offer; o != nil && o.Kind == product.Promotion && !o.NoReason {
		r.NoReasonLeft = 0
		out.Warnings = append(out.Warnings, i18n.M("order.warn.promotion"))
	}
	if r.WaiveFee, err = product.WaivesFee(ctx, q, g.account.ID, g.plan.Level, g.at); err != nil {
		return r, err
	}
	if r.WaiveFee {
		out.Warnings = append(out.Warnings, i18n.M("order.warn.waived"))
	}
	bars, err := setting.Bool(ctx, q, setting.BenefitBars, g.at)
	if err == nil && bars {
		r.BenefitUsed, err = entitlement.Used(ctx, q, g.account.ID, g.plan.Begun)
	}
	return r, err
}

// A sealed is what a token says: with the same history and prices it gives the same quote again.
type sealed struct {
	Account string `json:"a"`
	Ask     Ask    `json:"k"`
	At      int64  `json:"t"`
	Digest  string `json:"d"`
}

// digest names everything that a quote promises.
func (q Quote) digest() (string, error) {
	b, err := json.Marshal([]any{q.Price, q.Back, q.Catalogue, q.Plan.ID, q.Plan.Version})
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:12]), err
}

func (s *Service) sign(account string, q Quote) (string, error) {
	d, err := q.digest()
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(sealed{account, q.Ask, q.At.UnixMicro(), d})
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b) + "." + base64.RawURLEncoding.EncodeToString(s.mac(b)), nil
}

func (s *Service) mac(b []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write(b)
	return h.Sum(nil)[:16]
}

// unseal reads a token of an account.
func (s *Service) unseal(account, token string) (x sealed, err error) {
	bad := fault.Invalid("token", i18n.M("order.bad_token"))
	body, sig, ok := strings.Cut(token, ".")
	b, err1 := base64.RawURLEncoding.DecodeString(body)
	m, err2 := base64.RawURLEncoding.DecodeString(sig)
	if !ok || err1 != nil || err2 != nil || !hmac.Equal(m, s.mac(b)) || json.Unmarshal(b, &x) != nil || x.Account != account {
		return x, bad
	}
	return x, nil
}

// Asked reads what a token of the own account was for, so that a page can show it again. Who places orders may.
func (s *Service) Asked(by actor.Actor, token string) (Ask, error) {
	if err := by.May(actor.PlaceOrder); err != nil {
		return Ask{}, err
	}
	x, err := s.unseal(by.Account, token)
	return x.Ask, err
}

// again computes a token's quote anew, at its own instant; a *Requoted with the quote of now when it's too old or
// something changed.
func (s *Service) again(ctx context.Context, q db.Querier, account, token string, now time.Time) (out Quote, g ground, err error) {
	x, err := s.unseal(account, token)
	if err != nil {
		return out, g, err
	}
	at := time.UnixMicro(x.At).UTC()
	fresh := !now.Before(at) && now.Before(at.Add(QuoteLife))
	if fresh {
		if g, err = s.ground(ctx, q, account, at); err != nil {
			return out, g, err
		}
		out, err = s.quote(ctx, q, g, x.Ask)
		if err == nil {
			d, err := out.digest()
			if err != nil || d == x.Digest {
				return out, g, err
			}
		}
	}
	if g, err = s.ground(ctx, q, account, now); err != nil {
		return out, g, err
	}
	if out, err = s.quote(ctx, q, g, x.Ask); err != nil {
		return out, g, err
	}
	return out, g, &Requoted{out}
}
