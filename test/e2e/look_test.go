//go:build pictures

package e2e

import (
	"os"
	"path"
	"strings"
	"testing"

	"hanse/test/browser"
)

// TestPictures takes pictures of the main pages for somebody to look at, into test/artifacts. It asserts nothing, so
// it's built on request alone: go test -tags pictures -run Pictures ./test/e2e.
func TestPictures(t *testing.T) {
	w := world(t)
	for name, in := range map[string]tongue{"qualification-en": tongues[0], "qualification-zh": tongues[1]} { // docs/images has these
		p := w.sit(t, "service_partner_admin", in, browser.Options{})
		p.Go("/qualifications/h3c-star").Wait(`() => document.fonts.status === 'loaded'`)
		b, err := p.Screenshot(false, nil)
		must(t, err)
		must(t, os.MkdirAll("../artifacts", 0o755))
		must(t, os.WriteFile("../artifacts/"+name+".png", b, 0o644))
	}
	app := w.As("service_partner_admin").submit("three-star")
	number := path.Base(w.As("solution_provider").Get("/certificates").Want(200).Link("main table a[href^='/certificates/']"))
	person := w.As("solution_provider").Get("/people").Want(200).Link("main table th a[href^='/people/']")
	partner := "/channel/" + w.logins["solution_provider"].DomainID
	for _, look := range []struct {
		name string
		in   tongue
		o    browser.Options
	}{
		{"en-light-wide", tongues[0], browser.Options{}}, {"zh-light-wide", tongues[1], browser.Options{}},
		{"zh-dark-wide", tongues[1], browser.Options{Scheme: "dark", Width: 1440, Height: 900}}, {"en-light-narrow", tongues[0], browser.Options{Width: 390, Height: 844}},
	} {
		for role, paths := range map[string][]string{
			"solution_provider":     {"/", "/qualifications", "/qualifications/h3c-star", "/people", person, "/people/exits", "/company/service", "/certificates/" + number, "/messages"},
			"service_partner_admin": {"/", "/qualifications/h3c-star", app, "/people/exits/new", "/imports"},
			"vendor_reviewer":       {"/", "/reviews", review(app)},
			"vendor_admin":          {"/", "/channel", partner, "/programs/h3c-star@2025", "/system/audit", "/system/jobs"},
		} {
			p := w.sit(t, role, look.in, look.o)
			for _, at := range paths {
				p.Go(at)
				p.Shot("e2e-" + look.name + "-" + role + strings.ReplaceAll(strings.NewReplacer(path.Base(app), "app", path.Base(person), "person", number, "number").Replace(at), "/", "-"))
			}
		}
	}
}
