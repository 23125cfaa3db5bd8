package oracle

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// prices are those of the worked examples; two years cost 5 %, three years 10 % below so many yearly prices.
var prices = List{
	Month: [3]int64{0, 8_500_00, 17_000_00},
	Year:  [3][4]int64{{}, {0, 85_000_00, 161_500_00, 229_500_00}, {0, 170_000_00, 323_000_00, 459_000_00}},
	Pack:  2_800_00,
}

var oneMonth, oneYear = Length{Months: 1}, Length{Years: 1}

const planM, planY = "2026-03-02 09:20:00", "2026-01-01 10:30:00"

// on reads a Beijing clock time.
func on(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateTime, text, time.FixedZone("", 8*3600))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func text(at time.Time) string { return at.In(time.FixedZone("", 8*3600)).Format(time.DateTime) }

// bought is a plan paid in full from the purse, from cash when the purse is empty.
func bought(t testing.TB, level Level, length Length, at string, in Purse) Plan {
	t.Helper()
	b, err := Plan{}.PriceBuy(prices, level, length, on(t, at), nil)
	if err != nil {
		t.Fatalf("PriceBuy(%d, %v, %s) = %v", level, length, at, err)
	}
	if in == (Purse{}) {
		in[Cash] = b.Due
	}
	return Plan{}.Buy("A", b, in, on(t, at))
}

func renewed(t testing.TB, p Plan, length Length, unify int) (Plan, Bill) {
	t.Helper()
	b, err := p.PriceRenew(prices, length, unify, nil)
	if err != nil {
		t.Fatalf("PriceRenew(%v, %d) = %v", length, unify, err)
	}
	return p.Renew("B", b, Purse{Cash: b.Due}, false, false), b
}

var usual = Terms{Review: 50_000_00}

func TestUnsubscriptionExamples(t *testing.T) {
	coupon := Purse{Cash: 6_000_00, Coupon: 1_500_00, Voucher: 1_000_00}
	voucher := Purse{Cash: 7_500_00, Voucher: 1_000_00}
	free := Terms{Left: 1, Review: 50_000_00}
	for _, c := range []struct {
		name, start, now    string
		length              Length
		in                  Purse
		terms               Terms
		consumed, fee, back Purse
		review              bool
	}{
		{"E1", "2019-12-11 17:04:33", "2019-12-11 17:40:00", oneMonth, Purse{}, usual, Purse{}, Purse{850_00}, Purse{7_650_00}, false},
		{"E1 by days", "2019-12-11 17:04:33", "2019-12-11 17:40:00", oneMonth, Purse{}, Terms{Days: true, Review: 1e9}, Purse{}, Purse{850_00}, Purse{7_650_00}, false},
		{"E2", planM, "2026-03-04 15:10:00", oneMonth, Purse{}, free, Purse{}, Purse{}, Purse{8_500_00}, false},
		{"E3", planM, "2026-03-04 15:10:00", oneMonth, Purse{}, usual, Purse{604_74}, Purse{850_00}, Purse{7_045_26}, false},
		{"E5", planM, "2026-03-16 15:10:00", oneMonth, Purse{}, free, Purse{3_830_04}, Purse{850_00}, Purse{3_819_96}, false},
		{"E6", planM, "2026-03-31 08:00:00", oneMonth, Purse{}, usual, Purse{7_783_27}, Purse{716_73}, Purse{}, false},
		{"E7", planM, "2026-03-16 15:10:00", oneMonth, voucher, usual, Purse{3_379_45}, Purse{750_00}, Purse{3_370_55}, false},
		{"E7 within five days", planM, "2026-03-04 15:10:00", oneMonth, voucher, free, Purse{}, Purse{}, voucher, false},
		{"E7b", planM, "2026-03-16 15:10:00", oneMonth, coupon, usual, Purse{2_703_56, 0, 0, 675_89}, Purse{600_00, 0, 0, 150_00}, Purse{2_696_44, 0, 0, 674_11}, false},
		{"E8", planY, "2026-04-11 10:30:00", oneYear, Purse{}, usual, Purse{23_250_51}, Purse{8_500_00}, Purse{53_249_49}, true},
		{"waived", planM, "2026-03-16 15:10:00", oneMonth, Purse{}, Terms{Waived: true, Review: 1e9}, Purse{3_830_04}, Purse{}, Purse{4_669_96}, false},
		{"the last second of the five days", planM, "2026-03-07 09:19:59", oneMonth, Purse{}, free, Purse{}, Purse{}, Purse{8_500_00}, false},
		{"the five days are over", planM, "2026-03-07 09:20:00", oneMonth, Purse{}, free, Purse{1_343_87}, Purse{850_00}, Purse{6_306_13}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := bought(t, Standard, c.length, c.start, c.in)
			got, err := p.PriceCancel(1, on(t, c.now), c.terms)
			if err != nil || got.Consumed != c.consumed || got.Fee != c.fee || got.Back != c.back || got.Review != c.review {
				t.Errorf("PriceCancel(%s) = %+v, %v; want consumed %v fee %v back %v", c.now, got, err, c.consumed, c.fee, c.back)
			}
		})
	}
}

func TestTermsAndHours(t *testing.T) {
	for _, c := range []struct {
		start  string
		length Length
		end    string
		hours  int64
	}{
		{"2019-12-11 17:04:33", oneMonth, "2020-01-11 23:59:59", 751},
		{planM, oneMonth, "2026-04-02 23:59:59", 759},
		{planY, oneYear, "2027-01-01 23:59:59", 8774},
		{"2024-01-01 10:30:00", oneMonth, "2024-02-01 23:59:59", 758},
		{"2026-01-31 00:00:00", oneMonth, "2026-02-28 23:59:59", 29 * 24},
		{"2026-03-31 00:00:00", oneMonth, "2026-04-30 23:59:59", 31 * 24},
		{"2024-02-29 12:00:00", oneYear, "2025-02-28 23:59:59", 365*24 + 12},
	} {
		p := bought(t, Standard, c.length, c.start, Purse{})
		if got := text(p.Expiry()); got != c.end {
			t.Errorf("Expiry of %s %v = %s, want %s", c.start, c.length, got, c.end)
		}
		if got := hours(second(on(t, c.start)), second(p.Expiry())+1); got != c.hours {
			t.Errorf("hours of %s %v = %d, want %d", c.start, c.length, got, c.hours)
		}
	}
	if got := hours(second(on(t, "2024-01-01 10:30:00")), second(on(t, "2024-01-15 18:40:00"))); got != 344 {
		t.Errorf("hours of the source's example = %d, want 344", got)
	}
}

func TestUpgradeAndDowngradeExamples(t *testing.T) {
	m := bought(t, Standard, oneMonth, planM, Purse{})
	for _, c := range []struct {
		name, now string
		cut       *Cut
		want      int64
	}{
		{"E9", "2026-03-16 15:10:00", nil, 4_679_57},
		{"E9 with ten per cent off", "2026-03-16 15:10:00", &Cut{Ratio: 1000}, 4_211_61},
		{"E9 at a fixed price", "2026-03-16 15:10:00", &Cut{Fixed: 16_000_00}, 4_129_03},
		{"E9 with an amount off", "2026-03-16 15:10:00", &Cut{Off: 1_000_00}, 3_679_57},
		{"E9 with too much off", "2026-03-16 15:10:00", &Cut{Off: 5_000_00}, 0},
		{"E9b on the purchase day", "2026-03-02 20:00:00", nil, 8_500_00},
		{"on the expiry day", "2026-04-02 23:59:59", nil, 0},
	} {
		if b, err := m.PriceUpgrade(prices, Premium, on(t, c.now), c.cut); err != nil || b.Due != c.want {
			t.Errorf("%s: PriceUpgrade = %d, %v; want %d", c.name, b.Due, err, c.want)
		}
	}
	high := bought(t, Premium, oneMonth, planM, Purse{})
	if r, err := high.PriceDowngrade(prices, Standard, on(t, "2026-03-16 15:10:00")); err != nil || r.Back != (Purse{4_679_57}) {
		t.Errorf("E11: PriceDowngrade = %v, %v; want 4,679.57 cash", r.Back, err)
	}
	if _, err := m.PriceDowngrade(prices, Basic, on(t, "2026-03-16 15:10:00")); !errors.Is(err, ErrDirection) {
		t.Errorf("PriceDowngrade to basic = %v, want %v", err, ErrDirection)
	}
	if _, err := m.PriceUpgrade(prices, Premium, on(t, "2026-04-03 00:00:00"), nil); !errors.Is(err, ErrNoPlan) {
		t.Errorf("PriceUpgrade in grace = %v, want %v", err, ErrNoPlan)
	}
}

func TestTheVendorsOwnCheckValues(t *testing.T) {
	for _, c := range []struct {
		from, to, change, want string
		length                 Length
	}{
		{"2021-08-15", "2021-11-15", "2021-08-24", "2.7258", Length{Months: 3}},
		{"2023-11-01", "2026-11-01", "2024-05-01", "2.5041", Length{Years: 3}},
		{"2026-03-02", "2026-04-02", "2026-03-16", "0.5505", oneMonth},
	} {
		p := bought(t, Standard, c.length, c.from+" 09:00:00", Purse{})
		if got := text(p.Expiry())[:10]; got != c.to {
			t.Errorf("Expiry = %s, want %s", got, c.to)
		}
		if got := p.remaining(&p.paid[0], second(on(t, c.change+" 12:00:00"))).FloatString(4); got != c.want {
			t.Errorf("remaining(%s of %s) = %s, want %s", c.change, c.from, got, c.want)
		}
	}
}

func TestRenewalExamples(t *testing.T) {
	m := bought(t, Standard, oneMonth, planM, Purse{})
	now := on(t, "2026-03-16 15:10:00")
	two, _ := renewed(t, m, oneMonth, 0)
	if r, err := two.PriceCancel(1, now, usual); err != nil || r.Back.Actual() != 12_319_96 {
		t.Errorf("E12: PriceCancel(1) = %v, %v; want 12,319.96", r.Back, err)
	}
	r, err := two.PriceCancel(2, now, Terms{Left: 5, Review: 50_000_00})
	if left := two.Cancel(2, now); err != nil || r.Back != (Purse{8_500_00}) || r.NoReason || text(left.Expiry()) != "2026-04-02 23:59:59" {
		t.Errorf("E12b: PriceCancel(2) = %+v, %v, then until %s; want 8,500.00 and 2026-04-02", r, err, text(left.Expiry()))
	}
	late := on(t, "2026-04-07 12:00:00")
	if got := text(two.Expiry()); got != "2026-05-02 23:59:59" {
		t.Errorf("E13: Expiry = %s, want 2026-05-02", got)
	}
	if left := two.paid[1].endDay - dayOf(second(late)); left != 25 || two.paid[1].in != (Purse{8_500_00}) {
		t.Errorf("E13: %d days left for %v, want 25 for 8,500.00", left, two.paid[1].in)
	}
}

func TestAnchorsAndUnifiedDays(t *testing.T) {
	p := bought(t, Standard, oneMonth, "2026-01-31 12:00:00", Purse{})
	for _, want := range []string{"2026-03-31", "2026-04-30", "2026-05-31"} {
		if p, _ = renewed(t, p, oneMonth, 0); text(p.Expiry())[:10] != want {
			t.Errorf("Expiry = %s, want %s", text(p.Expiry()), want)
		}
	}
	leap := bought(t, Standard, oneYear, "2024-02-29 12:00:00", Purse{})
	leap, _ = renewed(t, leap, Length{Years: 3}, 0)
	if got := text(leap.Expiry())[:10]; got != "2028-02-29" {
		t.Errorf("Expiry = %s, want a 29 February again", got)
	}
	for _, c := range []struct {
		length Length
		unify  int
		end    string
		extra  int64
	}{
		{oneMonth, 1, "2026-06-01", 8_500_00*29/31 + 283_33 + 1}, // 3 to 31 May, then one day of June
		{oneMonth, 2, "2026-05-02", 0},
		{oneMonth, -1, "2026-05-31", 7_951_61},
		{oneYear, -1, "2027-04-30", 6_611_11},
	} {
		q, b := renewed(t, bought(t, Standard, oneMonth, planM, Purse{}), c.length, c.unify)
		if text(b.To)[:10] != c.end || b.Lines[1] != c.extra {
			t.Errorf("PriceRenew(%v, %d) = until %s, %v; want %s, %d", c.length, c.unify, text(b.To), b.Lines, c.end, c.extra)
		}
		want := c.unify
		if q.paid[1].anchor != want {
			t.Errorf("anchor = %d, want %d", q.paid[1].anchor, want)
		}
	}
}

// TestAfterAChange computes by hand what the decisions about segments say.
func TestAfterAChange(t *testing.T) {
	m := bought(t, Standard, oneMonth, planM, Purse{})
	first := on(t, "2026-03-16 15:10:00")
	b, _ := m.PriceUpgrade(prices, Premium, first, nil)
	up := m.Upgrade(b, Purse{Cash: b.Due}, first)
	if got := up.paid[0].now().worth; got != (Purse{9_359_14}) { // 4,679.57 of the old level and the fee
		t.Errorf("worth after the upgrade = %v, want 9,359.14", got)
	}
	// 24 March: r = 7/31 + 2/30; the worth falls to 9,359.14 x r / 0.5505376344 = 4,972.04, the lower level takes 2,486.02
	r, err := up.PriceDowngrade(prices, Standard, on(t, "2026-03-24 10:00:00"))
	if err != nil || r.Back != (Purse{2_486_02}) {
		t.Errorf("PriceDowngrade after an upgrade = %v, %v; want 2,486.02", r.Back, err)
	}
	// bought for 4,000.00 and a voucher, the downgrade gives nothing back and leaves 4,000.00; on 24 March that is 2,125.00
	high := bought(t, Premium, oneMonth, planM, Purse{Cash: 4_000_00, Voucher: 13_000_00}).Downgrade(prices, Standard, first)
	again, err := high.PriceUpgrade(prices, Premium, on(t, "2026-03-24 10:00:00"), nil)
	if got := high.paid[0]; err != nil || got.out != (Purse{}) || got.now().worth.Actual() != 4_000_00 || again.Due != 2_847_04 {
		t.Errorf("PriceUpgrade after a downgrade = %d, %v, from %v; want 2,847.04 from 4,000.00", again.Due, err, got.now().worth)
	}
	// 20 March 15:10: 96 of 417 hours from the hour of the change
	c, err := up.PriceCancel(1, on(t, "2026-03-20 15:10:00"), usual)
	if err != nil || c.Consumed != (Purse{2_154_62}) || c.Fee != (Purse{935_91}) || c.Back != (Purse{6_268_61}) {
		t.Errorf("PriceCancel after an upgrade = %+v, %v", c, err)
	}
}

func TestFeeBrackets(t *testing.T) {
	for _, c := range []struct {
		years int
		now   string
		want  int64
	}{
		{1, "2026-12-31 00:00:00", 10}, {1, "2027-01-01 23:59:59", 10},
		{2, "2027-01-01 10:30:00", 15}, {2, "2027-01-01 10:30:01", 10}, {2, "2028-01-01 23:00:00", 10},
		{3, "2027-01-01 10:30:00", 15}, {3, "2028-01-01 10:30:00", 10}, {3, "2028-01-01 10:30:01", 5}, {3, "2029-01-01 23:59:59", 5},
	} {
		p := bought(t, Standard, Length{Years: c.years}, planY, Purse{})
		if got := p.paid[0].feeRate(second(on(t, c.now))); got != c.want {
			t.Errorf("feeRate(%d years, %s) = %d, want %d", c.years, c.now, got, c.want)
		}
	}
}

func TestTicketExample(t *testing.T) {
	p := bought(t, Standard, Length{Months: 2}, planM, Purse{})
	submit := func(day string, n int) {
		for range n {
			var err error
			if p, err = p.Ticket(on(t, day)); err != nil {
				t.Fatalf("Ticket(%s) = %v", day, err)
			}
		}
	}
	submit("2026-03-18 10:00:00", 30)
	if _, err := p.Ticket(on(t, "2026-03-20 09:00:00")); !errors.Is(err, ErrNoQuota) {
		t.Errorf("Ticket 31 = %v, want %v", err, ErrNoQuota)
	}
	p, price, err := p.Pack(prices, 2, on(t, "2026-03-20 10:00:00"))
	if err != nil || price != 5_600_00 {
		t.Fatalf("Pack(2) = %d, %v; want 5,600.00", price, err)
	}
	submit("2026-03-20 11:00:00", 7)
	got := fmt.Sprint(p.Available(on(t, "2026-03-31 23:59:59")), p.Available(on(t, "2026-04-01 00:00:00")))
	if got != "13 30" {
		t.Errorf("E16: left = %s, want 13 30", got)
	}
}

func TestSharesNeverLeaveTheirSource(t *testing.T) {
	got := shared(5_00, Purse{Cash: 3_33, Credit: 3_33, Card: 3_33, Coupon: 1}, money())
	if got.Actual() != 5_00 || got[Coupon] < 0 || got[Coupon] > 1 {
		t.Errorf("shared(5.00) = %v, want 5.00 in all and the coupon between 0 and 1 cent", got)
	}
}
