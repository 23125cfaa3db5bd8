package e2e

import (
	"math/big"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"hanse/internal/app/demodata"
	"hanse/internal/domain/account"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// A guide is the user guide of the support plan as far as a reader follows it by words: what its steps call the pages,
// buttons and ticks. The Chinese ones stand in the guide itself, the English ones are ours.
type guide struct {
	company, contact, email                       string
	services, plan                                string // the two words of the menu
	change, showFee, buyNow, box, yes, spec, tick string
	buy, payment, pay, identity, ok, paid         string
	packs, check                                  string
	more, changeNow, confirmChange                string
	renew, renewal, goPay                         string
	end, ending, sure, noReasonLeft               string
	basic, standard, premium                      string
}

var guides = map[string]guide{
	i18n.Chinese: {"云港网络科技有限公司", "周岚", "zhou.lan@yungang.example", "支持与服务", "支持计划",
		"更改", "查看费用", "立即购买", "购买确认", "确认", "规格确认", "我已阅读并同意《合作伙伴支持计划服务协议》",
		"去购买", "确认付款", "确认付款", "身份验证", "确定", "支付成功",
		"购买工单增购包", "订单确认", "更多", "立即变更", "确认变更", "续费", "续费管理", "去支付",
		"退订", "退订管理", "我已确认本次退订金额和相关费用", "2027-12-31 前您还可以进行 0 次五天无理由退订", "基础级", "标准级", "尊享级"},
	i18n.English: {"Harbour Bridge Networks Ltd", "Iris Lund", "iris@harbourbridge.example", "Support and service", "Support plan",
		"Change", "Show the fee", "Buy now", "Confirm the purchase", "Confirm", "Specification", "I have read and agree to the “Partner support plan service agreement”",
		"Go and buy", "Confirm the payment", "Confirm payment", "Identity check", "OK", "Paid",
		"Buy ticket packs", "Confirm the order", "More", "Change now", "Confirm the change", "Renew", "Renew the support plan", "Go and pay",
		"Unsubscribe", "Unsubscribe from the support plan", "I have seen the refund amount and the fees of this unsubscription", "0 returns", "Basic", "Standard", "Premium"},
}

// TestThePlanGuideIsFollowedChapterByChapter does in a browser what the user guide of the support plan tells its reader
// to do, step by step and by the words of its buttons: buying, packs, looking, going up and down, renewing and
// unsubscribing. What a page says it costs is what is charged, and the books balance after each chapter.
func TestThePlanGuideIsFollowedChapterByChapter(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			r := begin(t, in)
			r.buys()
			r.buysPacks()
			r.looks()
			r.goesUp()
			r.goesDown()
			r.renews()
			r.unsubscribes()
			r.unsubscribesAsTheGuideShows()
		})
	}
}

// A reader follows the guide: the sub-account of a partner that isn't certified for service.
type reader struct {
	*person
	w    *World
	g    guide
	sub  actor.Actor
	left int64 // what the balance must be, in minor units
	seen map[string]bool
}

var number = regexp.MustCompile(`CS\d+`)

// lands checks what every page owes, once for each step of a page.
func (r *reader) lands() {
	r.t.Helper()
	at, err := url.Parse(number.ReplaceAllString(r.Path(), "CS"))
	must(r.t, err)
	if key := at.Path + at.Query().Get("step"); !r.seen[key] {
		r.seen[key] = true
		r.met()
	}
}

// begin makes a partner, which sees what it lacks and makes a sub-account; whoever is invited signs in with it.
func begin(t *testing.T, in tongue) *reader {
	w, g := world(t), guides[in.lang]
	a, err := w.Account.CreateAccount(t.Context(), actor.Program("cli"), account.NewAccount{Kind: actor.Partner, Name: g.company, Country: "CN", Address: "1 Pier Road",
		Contact: g.contact, Email: "info@" + domain(g.email), Market: account.China, Channel: []account.Channel{account.SolutionProvider}})
	must(t, err)
	_, err = w.Account.CreateUser(t.Context(), actor.Program("cli"), account.NewUser{Account: a.ID, Email: "info@" + domain(g.email), Name: g.contact, Password: demodata.Password, Lang: in.lang,
		Roles: []actor.Role{actor.PartnerAdmin}})
	must(t, err)
	vendor := actor.Actor{Account: w.logins["vendor_admin"].DomainID, Kind: actor.Vendor, Name: "Anna Keller", Roles: []actor.Role{actor.VendorAdmin}, Via: "session"}
	must(t, w.Setting.Change(t.Context(), vendor, setting.Change{Key: setting.CodeResend, Value: "10s"}))
	w.logins["plan_master"] = demodata.Login{Login: "info@" + domain(g.email), Password: demodata.Password}
	w.logins["plan_buyer"] = demodata.Login{Login: g.email, Password: demodata.Password}
	w.Drain()

	m := w.sit(t, "plan_master", in, browser.Options{Width: 1280, Height: 900})
	m.Go("/plan").met()
	m.See(g.basic)
	if n, err := m.Elements("#eligible a"); err != nil || len(n) == 0 {
		t.Errorf("a partner without the certificate isn't told how to buy: %s", m.text("main"))
	}
	m.picture("0-1-who-may-buy")
	m.Go("/company/sub-accounts").met()
	m.fill("contact", g.contact).fill("email", g.email)
	m.Press("button", say(in.lang, "subaccounts.create.do")).met()
	m.picture("0-2-sub-account")
	w.Drain()
	w.joins(t, in, g)

	r := &reader{person: w.sit(t, "plan_buyer", in, browser.Options{Width: 1280, Height: 900}), w: w, g: g, left: 10_000_000, seen: map[string]bool{}}
	subs, err := account.SubAccounts(t.Context(), w.DB.Read(), a.ID)
	must(t, err)
	r.sub = actor.Actor{Account: subs[0].Account, Kind: actor.Customer, Name: g.contact, Roles: []actor.Role{actor.CustomerAdmin}, Via: "key"}
	ledgertest.Give(t, w.DB, w.logins["vendor_admin"].DomainID, r.sub.Account, ledger.Cash, r.left)
	return r
}

func domain(email string) string { return email[strings.Index(email, "@")+1:] }

var invitation = regexp.MustCompile(`/invitation\?token=[A-Za-z0-9_-]+`)

// joins follows the mailed link and chooses a password.
func (w *World) joins(t *testing.T, in tongue, g guide) {
	t.Helper()
	for _, m := range w.Sink.List() {
		if l := invitation.FindString(m.Text); l != "" && m.To[0] == g.email {
			c := w.Nobody().Speak(in.lang)
			c.Get(l).Want(200).Send("form[action='/invitation']", url.Values{"name": {g.contact}, "password": {demodata.Password}, "again": {demodata.Password}}).Want(200)
			return
		}
	}
	t.Fatalf("no invitation to %s", g.email)
}

// opens goes to the plan by the menu: steps 1 and 2 of every chapter.
func (r *reader) opens() {
	r.t.Helper()
	r.Go("/")
	if nav := r.text("nav"); !strings.Contains(nav, r.g.services) || !strings.Contains(nav, r.g.plan) {
		r.t.Errorf("the menu lacks %q > %q: %s", r.g.services, r.g.plan, nav)
	}
	r.click(`nav a[href="/plan"]`)
	r.lands()
}

// shows asserts that a part of the page shows texts.
func (r *reader) shows(selector string, texts ...string) {
	r.t.Helper()
	got := r.text(selector)
	for _, want := range texts {
		if !strings.Contains(got, want) {
			r.t.Errorf("%s: %s lacks %q: %s", r.Path(), selector, want, got)
		}
	}
}

// agrees ticks the agreement and presses the button below.
func (r *reader) agrees(button string) {
	r.t.Helper()
	if !strings.Contains(r.text("#spec"), r.g.tick) {
		r.t.Errorf("%s: the tick doesn't say %q: %s", r.Path(), r.g.tick, r.text("#spec"))
	}
	r.check("#spec input[name=agreed]")
	r.picture(strings.ReplaceAll(chapter(r.Path()), "/", "") + "-spec")
	r.Press("button", button)
	r.lands()
}

// chapter is the chapter of the guide that an address belongs to.
func chapter(at string) string {
	switch {
	case strings.HasPrefix(at, "/plan/packs"):
		return "2"
	case strings.Contains(at, "level=PREMIUM"):
		return "4-1"
	case strings.HasPrefix(at, "/plan/renew"):
		return "5"
	}
	return "1"
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// pays presses the button of paying from the balance, with the code where it's asked for, and asserts that exactly
// what the page says is charged. It returns the order's number.
func (r *reader) pays(due int64, code bool, shot string) string {
	r.t.Helper()
	at, err := url.Parse(r.Path())
	must(r.t, err)
	no, sum := at.Query().Get("no"), money(due)
	if at.Path != "/orders/pay" || no == "" {
		r.t.Fatalf("the order leads to %s: %.800s", r.Path(), r.text("main"))
	}
	r.shows("main", r.g.payment, no, sum)
	r.check("#pay input[name=way][value=balance]")
	r.picture(shot + "-pay")
	r.Press("button", r.g.pay)
	r.lands()
	if code {
		r.shows("main", r.g.identity, sum)
		r.asksForCode()
		r.fill("code", r.w.codeFor(r.t, r.g.email))
		r.picture(shot + "-code")
		r.Press("button", r.g.ok)
		r.lands()
	}
	r.shows("#result", r.g.paid)
	r.charged(no, due)
	return no
}

// asksForCode presses the button until a code is sent: the next one may be asked for a while after the last.
func (r *reader) asksForCode() {
	r.t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); {
		r.click("#identity button[name=send_code]")
		if sent, _, err := r.Has("#identity .notice.good"); err == nil && sent {
			r.lands()
			r.w.Drain()
			return
		}
	}
	r.t.Fatalf("no code is sent: %s", r.text("#identity"))
}

// codeFor is the code in the newest mail to an address that has one.
func (w *World) codeFor(t *testing.T, email string) string {
	t.Helper()
	for _, m := range w.Sink.List() { // newest first
		if code := sixDigits.FindString(m.Text); code != "" && m.To[0] == email {
			return code
		}
	}
	t.Fatalf("no code was sent to %s", email)
	return ""
}

// charged asserts that an order is completed for an amount, that the balance is less by it, and that the books balance.
func (r *reader) charged(no string, due int64) {
	r.t.Helper()
	r.left -= due
	r.w.Drain()
	o, err := order.Find(r.t.Context(), r.w.DB.Read(), no)
	must(r.t, err)
	if o.State != order.Completed || o.Actual != max(due, -due) || o.Refund() && o.Back.Total != -due {
		r.t.Errorf("order %s is %v with %d, want completed with %d", no, o.State, o.Actual, due)
	}
	ledgertest.Has(r.t, r.w.DB, r.sub.Account, ledger.Cash, r.left)
	ledgertest.Balanced(r.t, r.w.DB)
}

// money writes an amount as the pages do, without the sign of the currency.
func money(minor int64) string {
	s := big.NewRat(minor, 100).FloatString(2)
	for i := len(s) - 6; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// cents is a share of an amount to the cent, half up.
func cents(minor int64, share *big.Rat) int64 {
	x := new(big.Rat).Mul(big.NewRat(minor, 1), share)
	x.Add(x, big.NewRat(1, 2))
	return new(big.Int).Div(x.Num(), x.Denom()).Int64()
}

// travels goes days on; what falls due on the way happens.
func (r *reader) travels(days int) {
	r.t.Helper()
	r.w.Clock.Shift(time.Duration(days) * 24 * time.Hour)
	r.w.Drain()
}

// plan is the plan as it stands.
func (r *reader) plan() subscription.Subscription {
	r.t.Helper()
	x, ok, err := subscription.Of(r.t.Context(), r.w.DB.Read(), r.sub.Account)
	must(r.t, err)
	if !ok {
		r.t.Fatal("there's no plan")
	}
	return x
}

const (
	standardMonth, premiumMonth = 850_000, 1_700_000
	onePack                     = 280_000
)

// buys is chapter 1: STANDARD for a month, on 16 March.
func (r *reader) buys() {
	r.opens()
	r.shows("main", r.g.basic)
	r.picture("1-3-change")
	r.Press("link", r.g.change)
	r.lands()
	r.check("#choose input[name=level][value=STANDARD]")
	r.Press("button", r.g.showFee)
	r.lands()
	r.shows("#fee", money(standardMonth))
	r.picture("1-4-fee")
	r.Press("link", r.g.buyNow)
	r.lands()
	r.shows("#confirm", r.g.box, money(standardMonth))
	r.picture("1-5-box")
	r.Press("link", r.g.yes)
	r.lands()
	r.shows("main", r.g.spec)
	r.agrees(r.g.buy)
	r.pays(standardMonth, true, "1")
	if p := r.plan(); p.Level != rate.Standard || p.Expires.Sub(p.Begun) < 31*24*time.Hour {
		r.t.Errorf("bought: %v until %v", p.Level, p.Expires)
	}
}

// buysPacks is chapter 2: two packs, which work at once. They're paid at the bank this time.
func (r *reader) buysPacks() {
	r.opens()
	r.Press("link", r.g.packs)
	r.lands()
	r.fill("packs", "2")
	r.Press("button", r.g.showFee)
	r.lands()
	r.shows("#fee", money(2*onePack))
	r.picture("2-4-fee")
	r.Press("link", r.g.buyNow)
	r.lands()
	r.shows("main", r.g.check, money(2*onePack))
	r.agrees(r.g.buy)
	r.pays(2*onePack, false, "2")
	got, err := entitlement.Available(r.t.Context(), r.w.DB.Read(), r.sub.Account, entitlement.Ticket, r.w.Clock.Now())
	must(r.t, err)
	if got.Total != 50 || got.Left != 50 {
		r.t.Errorf("after two packs there are %d of %d tickets, want 50", got.Left, got.Total)
	}
}

// looks is chapter 3: level, validity, services.
func (r *reader) looks() {
	r.opens()
	until := map[string]string{i18n.Chinese: "2027-04-16 23:59", i18n.English: "23:59"}[r.lang]
	r.shows("#plan", r.g.standard, until)
	r.shows("#content", r.g.standard, r.g.premium, "30", map[string]string{i18n.Chinese: "7×24", i18n.English: "around the clock"}[r.lang])
	r.shows("main", "50")
	r.picture("3-plan")
}

// goesUp is chapter 4.1, on 26 March: 5 of 31 days of March and 16 of 30 of April remain.
func (r *reader) goesUp() {
	r.travels(10)
	due := cents(premiumMonth-standardMonth, new(big.Rat).Add(big.NewRat(5, 31), big.NewRat(16, 30)))
	r.chooses(r.g.change, "PREMIUM")
	r.shows("#fee", money(due), "(17,000.00 − 8,500.00) × (5/31 + 16/30)")
	r.shows("main", say(r.lang, "plan.to_basic")) // from here down is unsubscribing
	r.picture("4-1-4-fee")
	r.Press("link", r.g.changeNow)
	r.lands()
	r.shows("#confirm", r.g.box, money(due))
	r.Press("link", r.g.yes)
	r.lands()
	r.shows("main", r.g.spec)
	r.agrees(r.g.confirmChange)
	r.pays(due, true, "4-1")
	if p := r.plan(); p.Level != rate.Premium {
		r.t.Errorf("after going up the plan is %v", p.Level)
	}
}

// chooses opens "More > Change" and the level to change to.
func (r *reader) chooses(words, level string) {
	r.opens()
	r.Role("DisclosureTriangle", r.g.more).MustClick()
	r.picture(map[string]string{"PREMIUM": "4-1-3-more", "STANDARD": "4-2-3-more", "": "6-3-more"}[level])
	r.Press("link", words)
	r.lands()
	if level != "" {
		r.check(`#choose input[name=level][value=` + level + `]`)
		r.Press("button", r.g.showFee)
		r.lands()
	}
}

// goesDown is chapter 4.2, on 31 March: 16 of 30 days of April remain of what both payments were worth.
func (r *reader) goesDown() {
	r.travels(5)
	up := new(big.Rat).Add(big.NewRat(5, 31), big.NewRat(16, 30))
	worth := cents(standardMonth, up) + cents(premiumMonth-standardMonth, up)
	share := new(big.Rat).Quo(big.NewRat(16, 30), up)
	rest := new(big.Rat).Mul(big.NewRat(worth, 1), share)
	rest.Sub(rest, new(big.Rat).Mul(big.NewRat(standardMonth, 1), big.NewRat(16, 30)))
	back := cents(1, rest)
	r.chooses(r.g.change, "STANDARD")
	r.shows("#fee", money(back))
	r.picture("4-2-4-back")
	r.Press("link", r.g.changeNow)
	r.lands()
	r.shows("main", r.g.spec)
	r.agrees(r.g.confirmChange)
	r.picture("4-2-5-done")
	r.charged(path.Base(r.Path()), -back)
	if p := r.plan(); p.Level != rate.Standard {
		r.t.Errorf("after going down the plan is %v", p.Level)
	}
}

// renews is chapter 5: another month from the old expiry on.
func (r *reader) renews() {
	before := r.plan().Expires
	r.opens()
	r.picture("5-3-renew")
	r.Press("link", r.g.renew)
	r.lands()
	r.shows("h1", r.g.renewal)
	r.shows("#fee", money(standardMonth))
	r.picture("5-4-term")
	r.Press("button", r.g.goPay)
	r.lands()
	r.pays(standardMonth, true, "5")
	if now := r.plan().Expires; now.Sub(before) != 30*24*time.Hour {
		r.t.Errorf("renewed from %v to %v, want 16 May", before, now)
	}
}

// unsubscribes is chapter 6 for the plan of the chapters before, after its first five days: of the running period what
// it is worth since the change less the fee, and the renewed month whole.
func (r *reader) unsubscribes() {
	worth := cents(standardMonth, big.NewRat(16, 30))
	fee := cents(worth, big.NewRat(1, 10))
	r.chooses(r.g.end, "")
	r.shows("h1", r.g.ending)
	r.shows("#refund-table", "0.00", money(fee), money(worth-fee), money(standardMonth))
	r.confirmsTheEnd("7", "6-4-renewed")
	r.charged(path.Base(r.Path()), -(worth - fee + standardMonth))
	r.opens()
	r.shows("#plan", r.g.basic)
}

// confirmsTheEnd gives the reason, ticks that the amounts are understood, and unsubscribes.
func (r *reader) confirmsTheEnd(reason, shot string) {
	r.t.Helper()
	r.check("#spec input[name=reason][value='" + reason + "']")
	if reason == "7" {
		r.fill("words", "Journey's end")
	}
	r.shows("#spec", r.g.sure)
	r.check("#spec input[name=confirmed]")
	r.picture(shot)
	r.Press("button", r.g.end)
	r.lands()
	if !strings.HasPrefix(r.Path(), "/orders/CS") {
		r.t.Fatalf("unsubscribing leads to %s: %.800s", r.Path(), r.text("main"))
	}
}

// unsubscribesAsTheGuideShows is the guide's own screen: the year's ten returns are used up, and a plan is given back
// within the hour: 8,500.00 paid, 0.00 consumed, 850.00 fee, 7,650.00 back.
func (r *reader) unsubscribesAsTheGuideShows() {
	for range 10 {
		r.orders(order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
		r.orders(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
	}
	ledgertest.Has(r.t, r.w.DB, r.sub.Account, ledger.Cash, r.left) // all ten came back whole
	r.orders(order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
	r.left -= standardMonth
	r.chooses(r.g.end, "")
	r.shows("main", r.g.noReasonLeft)
	r.shows("#refund-table", r.plan().ID, "0.00", "850.00", "7,650.00", r.g.standard)
	r.shows("#fee", "8,500.00", "0.00", "850.00", "7,650.00")
	r.confirmsTheEnd("1", "6-4-guide")
	r.charged(path.Base(r.Path()), -765_000)
	r.picture("6-5-done")
	r.opens()
	r.shows("#plan", r.g.basic)
}

// orders orders by a program, and pays.
func (r *reader) orders(a order.Ask) {
	r.t.Helper()
	ctx := r.t.Context()
	q, err := r.w.Order.Quote(ctx, r.sub, a)
	must(r.t, err)
	o, err := r.w.Order.Place(ctx, r.sub, order.Placing{Token: q.Token, Agreed: 1, Confirmed: true, Reason: 1})
	must(r.t, err)
	if o.State == order.Pending {
		_, err = r.w.Order.Pay(ctx, r.sub, order.Paying{Orders: []string{o.No}, Way: order.Balance})
		must(r.t, err)
	}
}

// picture takes the picture of the page that docs/guide-support-plan.md shows beside the guide's step, when
// HANSE_GUIDE_PICTURES is set: small ones, of the page's content alone.
func (p *person) picture(name string) {
	p.t.Helper()
	paying := strings.HasSuffix(name, "-pay") || strings.HasSuffix(name, "-code") || strings.HasSuffix(name, "-spec")
	if os.Getenv("HANSE_GUIDE_PICTURES") == "" || p.lang == i18n.English && paying && !strings.HasPrefix(name, "1-") {
		return // the English guide shows paying once
	}
	got, err := p.Eval(`() => document.fonts.ready.then(() => { document.activeElement?.blur(); scrollTo(0, 0); const r = document.querySelector('main').getBoundingClientRect();
		return [r.left, r.top, r.width, Math.min(r.height, 1640)] })`)
	must(p.t, err)
	box, quality := got.Value.Arr(), 40
	b, err := p.Screenshot(true, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatWebp, Quality: &quality,
		Clip: &proto.PageViewport{X: box[0].Num(), Y: box[1].Num(), Width: box[2].Num(), Height: box[3].Num(), Scale: 0.75}})
	must(p.t, err)
	dir := filepath.Join("..", "..", "docs", "shots", "plan", p.lang)
	must(p.t, os.MkdirAll(dir, 0o755))
	must(p.t, os.WriteFile(filepath.Join(dir, name+".webp"), b, 0o644))
}
