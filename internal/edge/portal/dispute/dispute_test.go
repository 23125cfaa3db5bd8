package dispute_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/address"
	"hanse/internal/domain/fixture"
	"hanse/internal/edge/portal/dispute"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/pow"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) { dispute.Register(p.Site, p.Address) })
}

func associate(t *testing.T, p *portaltest.Portal, by actor.Actor, email string) error {
	t.Helper()
	c, err := p.Login.Challenge()
	fixture.Must(t, err)
	solved, err := pow.Solve(c)
	fixture.Must(t, err)
	_, err = p.Address.Request(t.Context(), by, email, solved)
	fixture.Must(t, err)
	p.Drain()
	text := p.Sink.List()[0].Text
	token := strings.Fields(text[strings.Index(text, "?token=")+len("?token="):])[0]
	_, err = p.Address.Confirm(t.Context(), by, token)
	return err
}

// contested is an address of Ann's that Bob claims.
func contested(t *testing.T, p *portaltest.Portal) (ann, bob actor.Actor, id string) {
	t.Helper()
	ann, bob = p.Person("Ann Lee"), p.Person("Bob Ray")
	fixture.Must(t, associate(t, p, ann, "x@exam.example"))
	if err := associate(t, p, bob, "x@exam.example"); err == nil {
		t.Fatal("Bob got Ann's address")
	}
	claimed, _, err := p.Address.Disputes(t.Context(), bob)
	fixture.Must(t, err)
	return ann, bob, claimed[0].ID
}

func TestAReviewerSeesBothSidesAndDecides(t *testing.T) {
	p := start(t)
	_, bob, id := contested(t, p)
	c := p.As(p.VendorUser(actor.Reviewer))
	if got := c.Get("/reviews/disputes").Want(200).Text("#disputes-table"); !strings.Contains(got, "x@exam.example") {
		t.Fatalf("the queue: %s", got)
	}
	page := c.Get("/disputes/" + id).Want(200)
	if !strings.Contains(page.Text("#claimant"), "Bob Ray") || !strings.Contains(page.Text("#holder"), "Ann Lee") {
		t.Errorf("the sides: %s", page.Text("main"))
	}
	page = c.Post("/disputes/"+id, url.Values{"to": {"claimant"}}).Want(422)
	if page.Doc.Find(`input[name="to"][value="claimant"][checked]`).Length() != 1 {
		t.Error("what was chosen is lost")
	}
	c.Post("/disputes/"+id, url.Values{"to": {"claimant"}, "reason": {"Bob showed the mails."}}).Want(200)
	if mine, err := address.EmailsOf(t.Context(), p.DB.Read(), bob.Person); err != nil || len(mine) != 1 {
		t.Errorf("Bob's addresses = %v, %v", mine, err)
	}
	if got := c.Get("/disputes/" + id).Want(200); got.Doc.Find("#decide").Length() != 0 || !strings.Contains(got.Text("#decision"), "Bob showed") {
		t.Errorf("afterwards: %s", got.Text("main"))
	}
}

func TestAnAuditorReadsAndAPersonDoesNot(t *testing.T) {
	p := start(t)
	ann, _, id := contested(t, p)
	auditor := p.As(p.VendorUser(actor.Auditor))
	if page := auditor.Get("/disputes/" + id).Want(200); page.Doc.Find("#decide").Length() != 0 {
		t.Error("an auditor is offered to decide")
	}
	auditor.Post("/disputes/"+id, url.Values{"to": {"reject"}, "reason": {"x"}}).Want(403)
	p.As(ann).Get("/disputes/" + id).Want(403)
	p.As(ann).Get("/reviews/disputes").Want(403)
}

func TestAMissingRecordIsAnsweredWithItsEvidence(t *testing.T) {
	p := start(t)
	ann := p.Person("Ann Lee")
	fixture.Must(t, associate(t, p, ann, "x@exam.example"))
	ref, err := p.Blobs.Put(t.Context(), strings.NewReader("%PDF-1.4\n%%EOF\n"), blob.Limits{Bytes: 1000, Types: blob.Documents()})
	fixture.Must(t, err)
	id, err := p.Address.ReportMissing(t.Context(), ann, address.Missing{Kind: address.Exam, Email: "x@exam.example", Provider: "TALENT", Code: "H12-821",
		On: calendar.DayOf(p.Clock.Now()).AddDays(-40), Evidence: address.File{Hash: ref.Hash, Name: "score.pdf", Type: ref.Type.MIME()}})
	fixture.Must(t, err)
	c := p.As(p.Vendor())
	if got := c.Get("/reviews/records").Want(200).Text("#requests-table"); !strings.Contains(got, "H12-821") {
		t.Fatalf("the queue: %s", got)
	}
	if got := c.Get("/record-requests/" + id + "/file").Want(200).Header.Get("Content-Disposition"); !strings.Contains(got, "score.pdf") {
		t.Errorf("the file comes as %q", got)
	}
	p.As(p.Person("Bob Ray")).Get("/record-requests/" + id + "/file").Want(404)
	portaltest.Check(t, c, "/record-requests/"+id, "/reviews/records")
	c.Post("/record-requests/"+id, url.Values{"to": {"resolved"}, "answer": {"It is in tomorrow's file."}}).Want(200)
	list, err := p.Address.MissingOf(t.Context(), ann)
	if err != nil || list[0].State != address.MissingResolved {
		t.Errorf("state = %+v, %v", list, err)
	}
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p := start(t)
	c := p.As(p.Vendor())
	portaltest.Check(t, c, "/reviews/disputes", "/reviews/records")
	_, _, id := contested(t, p)
	portaltest.Check(t, c, "/reviews/disputes", "/reviews/disputes?state=all", "/disputes/"+id)
	c.Post("/disputes/"+id, url.Values{"to": {"reject"}, "reason": {"No proof."}}).Want(200)
	portaltest.Check(t, c, "/disputes/"+id)
}
