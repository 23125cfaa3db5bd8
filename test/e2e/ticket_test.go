package e2e

import (
	"path"
	"strings"
	"testing"

	"github.com/go-rod/rod"

	"hanse/internal/domain/account"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// A writer is what somebody types in a ticket, in their language.
type writer struct{ title, body, offer, judgement, reply, note string }

var writers = map[string]writer{
	i18n.English: {"Backups end with error 17", "Since this morning every backup of the database ends with error 17. The console shows this:",
		"The quota of the bucket was used up; it's raised now. Please run a backup again.", "Quick and clear", "We have looked at it and need the vendor's help.",
		"The customer's project is in region one; our own checks found nothing."},
	i18n.Chinese: {"备份报错 17", "今天上午开始，数据库备份全部报错 17，控制台截图如下：", "是存储桶配额用尽，现已调大，请重新执行一次备份。", "处理及时，说明清楚", "我们看过了，需要原厂协助。",
		"客户项目在一区，我们自查没有发现问题。"},
}

// TestATicketIsAnsweredWhileItsPageIsOpen: a partner opens a technical ticket with a picture pasted into the text, the
// vendor's engineer finds it in the queue and offers a result, and the partner sees both without loading the page again,
// confirms, and rates.
func TestATicketIsAnsweredWhileItsPageIsOpen(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w, words := world(t), writers[in.lang]
			p := w.sit(t, "service_partner_admin", in, browser.Options{Width: 1280, Height: 900})
			p.begins(taxonomy.TechFault)
			p.fill("title", words.title).fill("body", words.body)
			p.marks("severity", taxonomy.ProdImpaired)
			p.picks("region")
			p.picks("product")
			p.pastes()
			p.Shot("ticket-new-" + in.lang)
			p.Press("button", say(in.lang, "tickets.open")).met()
			no := path.Base(p.Path())
			if !strings.HasPrefix(no, "TT") {
				t.Fatalf("opening leads to %s: %.900s", p.Path(), p.text("main"))
			}
			p.See(words.title)
			p.Wait(`() => { const i = document.querySelector('#messages img'); return i && i.complete && i.naturalWidth > 0; }`)

			v := w.sit(t, "vendor_support", in, browser.Options{Width: 1440, Height: 900})
			v.Go("/desk").met()
			v.click(`a[href^="/desk/` + no + `"]`).met()
			v.Wait(`() => { const i = document.querySelector('#messages img'); return i && i.complete && i.naturalWidth > 0; }`)
			v.fill("body", words.offer)
			v.marks("as", "offer")
			v.Press("button", say(in.lang, "desk.send")).met()
			v.Shot("desk-ticket-" + in.lang)

			// Nobody touches the partner's page.
			p.Wait(`() => [...document.querySelectorAll('#messages li')].length >= 2 && !!document.querySelector('#ticket-steps a')`)
			p.See(words.offer)
			p.See(say(in.lang, "tickets.confirm"))
			p.Shot("ticket-live-" + in.lang)
			p.click(`#ticket-steps a[href$="/ask/close"]`).met()
			radios, err := p.Elements(`#close input[type=radio][value="5"]`)
			must(t, err)
			if len(radios) == 0 {
				t.Fatalf("nothing can be rated: %.600s", p.text("main"))
			}
			for _, x := range radios {
				must(t, x.Click("left", 1))
			}
			p.fill("text", words.judgement)
			p.click(`#close button[type=submit], #close button.primary`).met()
			p.See(words.judgement)
			got, err := ticket.Find(t.Context(), w.DB.Read(), no)
			must(t, err)
			if got.State != ticket.Done || got.Score == 0 || got.Judgement != words.judgement {
				t.Errorf("the ticket ends as %v with %d points and %q, want done with points and the judgement", got.State, got.Score, got.Judgement)
			}
		})
	}
}

// TestTheTicketTooManyGoesThroughWithAPack: the last ticket of the month is taken by a colleague while somebody writes.
// The form refuses, offers a pack, and after it's paid the ticket goes through with what was typed and uploaded.
func TestTheTicketTooManyGoesThroughWithAPack(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w, words := world(t), writers[in.lang]
			p := w.sit(t, "service_partner_admin", in, browser.Options{Width: 1280, Height: 900})
			by := w.actor(t, "service_partner_admin")
			p.begins(taxonomy.TechConsult)
			p.fill("title", words.title).fill("body", words.body)
			p.picks("product")
			p.pastes()
			w.usesUp(t, by)
			p.Press("button", say(in.lang, "tickets.open")).met()
			p.keeps(words)
			p.Shot("ticket-refused-" + in.lang)
			p.click(`main button[name=do][value=pack]`).met()

			g := guides[in.lang]
			p.fill("packs", "1")
			p.Press("button", g.showFee).met()
			p.Press("link", g.buyNow).met()
			p.ticks()
			p.Press("button", g.buy).met()
			p.marks("way", "balance")
			p.Press("button", g.pay).met()
			p.See(g.paid)
			p.Press("link", say(in.lang, "tickets.return.do")).met()
			p.keeps(words)
			p.Press("button", say(in.lang, "tickets.open")).met()
			if !strings.HasPrefix(path.Base(p.Path()), "TT") {
				t.Fatalf("after the pack opening leads to %s: %.900s", p.Path(), p.text("main"))
			}
			p.Wait(`() => { const i = document.querySelector('#messages img'); return i && i.complete && i.naturalWidth > 0; }`)
			got, err := entitlement.Available(t.Context(), w.DB.Read(), by.Account, entitlement.Ticket, w.Clock.Now())
			must(t, err)
			if got.Left != 9 {
				t.Errorf("after a pack of ten and one ticket %d are left, want 9", got.Left)
			}
		})
	}
}

// TestACustomersTicketGoesToItsPartnerAndIsHandedOver: what a customer asks comes to the partner that sold, which answers
// and hands it over; the vendor's engineer reads the partner's note, the customer doesn't.
func TestACustomersTicketGoesToItsPartnerAndIsHandedOver(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w, words := world(t), writers[in.lang]
			served, err := w.Ticket.Serving(t.Context(), w.actor(t, "customer_resale"))
			must(t, err)
			seller := ""
			for role, l := range w.logins {
				if l.DomainID == served.Desk && (role == "distributor" || role == "reseller" || role == "solution_provider" || role == "service_partner_admin") {
					seller = role
				}
			}
			if seller == "" {
				t.Fatalf("the customer's partner is %+v, who doesn't sign in", served)
			}
			c := w.sit(t, "customer_resale", in, browser.Options{Width: 1280, Height: 900})
			c.begins(taxonomy.Billing)
			c.fill("title", words.title).fill("body", words.body)
			c.Press("button", say(in.lang, "tickets.open")).met()
			no := path.Base(c.Path())
			c.See(served.Name)

			p := w.sit(t, seller, in, browser.Options{Width: 1280, Height: 900})
			p.Go("/desk").met()
			p.click(`a[href^="/desk/` + no + `"]`).met()
			p.fill("body", words.reply)
			p.marks("as", "reply")
			p.Press("button", say(in.lang, "desk.send")).met()
			p.Go("/desk/" + no + "/handover").met()
			p.fill("text", words.note)
			p.click(`main form[action$="/handover"] button.primary`).met()
			if p.Path() != "/desk/"+no {
				t.Fatalf("handing over leads to %s: %.900s", p.Path(), p.text("main"))
			}

			c.Wait(`() => document.querySelectorAll('#messages li').length >= 2`)
			c.See(words.reply)
			v := w.sit(t, "vendor_support", in, browser.Options{Width: 1280, Height: 900})
			v.Go("/desk").met()
			v.click(`a[href^="/desk/` + no + `"]`).met()
			v.See(words.reply)
			v.See(words.note)
			if strings.Contains(c.Go("/tickets/"+no).text("main"), words.note) {
				t.Error("the customer reads the partner's note to the vendor")
			}
			got, err := ticket.Find(t.Context(), w.DB.Read(), no)
			must(t, err)
			if !got.VendorDesk || !got.Handed || got.Partner != served.Desk {
				t.Errorf("after the hand-over the desk is %s, handed %t by %s", got.DeskName, got.Handed, got.Partner)
			}
		})
	}
}

// begins opens a new ticket of a kind, from the list.
func (p *person) begins(kind string) {
	p.t.Helper()
	p.Go("/tickets").met()
	p.click(`main a[href="/tickets/new"]`).met()
	p.marks("type", kind)
	p.Press("button", say(p.lang, "tickets.type.next")).met()
}

// marks clicks the radio button with a value.
func (p *person) marks(name, value string) {
	p.t.Helper()
	must(p.t, p.el(`main input[name="`+name+`"][value="`+value+`"]`).Click("left", 1))
}

// picks chooses the first real option of a list.
func (p *person) picks(name string) {
	p.t.Helper()
	must(p.t, p.el(`main select[name="`+name+`"]`).Select([]string{`option:not([value=""])`}, true, rod.SelectorTypeCSSSector))
}

// ticks ticks every box of the form.
func (p *person) ticks() {
	p.t.Helper()
	boxes, err := p.Elements(`main input[type=checkbox]:not(:checked)`)
	must(p.t, err)
	for _, b := range boxes {
		must(p.t, b.Click("left", 1))
	}
}

// pastes puts a picture into the text as the clipboard does, and waits until it's uploaded.
func (p *person) pastes() {
	p.t.Helper()
	_, err := p.Eval(`async () => {
		const c = document.createElement('canvas'); c.width = 40; c.height = 30;
		c.getContext('2d').fillRect(5, 5, 20, 10);
		const picture = await new Promise((done) => c.toBlob(done, 'image/png'));
		const data = new DataTransfer(); data.items.add(new File([picture], 'image.png', { type: 'image/png' }));
		const text = document.querySelector('[data-composer] textarea'); text.focus(); text.setSelectionRange(text.value.length, text.value.length);
		text.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	}`)
	must(p.t, err)
	p.Wait(`() => !!document.querySelector('[data-uploads] input[value^="att_"]') && document.querySelector('[data-composer] textarea').value.includes('att_')`)
}

// keeps checks that the form still has what was typed and uploaded.
func (p *person) keeps(words writer) {
	p.t.Helper()
	for name, want := range map[string]string{"title": words.title, "body": words.body} {
		got, err := p.el(`main [name="` + name + `"]`).Property("value")
		must(p.t, err)
		if !strings.Contains(got.Str(), want) {
			p.t.Errorf("%s: %s is %q, want what was typed, %q", p.Path(), name, got.Str(), want)
		}
	}
	p.el(`[data-uploads] input[value^="att_"]:checked`)
}

// actor is somebody of the demonstration as a program sees them.
func (w *World) actor(t *testing.T, role string) actor.Actor {
	t.Helper()
	l := w.logins[role]
	a, err := account.Get(t.Context(), w.DB.Read(), l.DomainID)
	must(t, err)
	roles := map[actor.Kind]actor.Role{actor.Partner: actor.PartnerAdmin, actor.Customer: actor.CustomerAdmin, actor.Vendor: actor.VendorAdmin}
	return actor.Actor{Account: l.DomainID, Kind: a.Kind, User: "usr_colleague", Name: "A colleague", Roles: []actor.Role{roles[a.Kind]}, Via: "key", Lang: "en"}
}

// usesUp has a colleague open technical tickets until none is left this month.
func (w *World) usesUp(t *testing.T, by actor.Actor) {
	t.Helper()
	for {
		got, err := entitlement.Available(t.Context(), w.DB.Read(), by.Account, entitlement.Ticket, w.Clock.Now())
		must(t, err)
		if got.Left <= 0 {
			return
		}
		_, err = w.Ticket.Open(t.Context(), by, ticket.Opening{Title: "Another question", Body: "How is this meant?", ProblemType: taxonomy.TechConsult})
		must(t, err)
	}
}
