package eml_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hanse/internal/kit/eml"
)

func all(eml.File) bool { return true }

func named(name string) func(eml.File) bool {
	return func(f eml.File) bool { return f.Name == name }
}

func crlf(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }

// TestARefusedFileIsCutOutAndTheRestStays, wherever in the mail it stands.
func TestARefusedFileIsCutOutAndTheRestStays(t *testing.T) {
	for name, c := range map[string]struct {
		raw        []byte
		refuse     func(eml.File) bool
		text, lack string
		files      string // that are left
	}{
		"beside the text": {crlf("Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", "words", "--b",
			"Content-Disposition: attachment; filename=bad.txt", "", "evil", "--b", "Content-Disposition: attachment; filename=good.txt", "", "fine", "--b--"), named("bad.txt"), "words", "evil", "good.txt"},
		"twice the same": {crlf("Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", "words", "--b",
			"Content-Disposition: attachment; filename=bad.txt", "", "evil", "--b", "Content-Disposition: attachment; filename=bad.txt", "", "evil", "--b--"), all, "words", "evil", ""},
		"deep within": {crlf("Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: multipart/related; boundary=c", "", "--c", "Content-Type: text/plain", "", "words", "--c",
			"Content-Type: image/png; name=bad.png", "Content-ID: <p1>", "Content-Transfer-Encoding: base64", "", "ZXZpbA==", "--c--", "", "--b--"), all, "words", "ZXZpbA==", ""},
		"the mail itself": {crlf("Subject: x", "Content-Type: application/pdf;", " name=bad.pdf", "Content-Transfer-Encoding: base64", "From: a@b.example", "", "ZXZpbA=="), all, "", "ZXZpbA==", ""},
		"in the text":     {crlf("Subject: x", "", "words", "", "begin 644 bad.txt", "$979I;```", "`", "end", "more"), all, "words\nmore", "979I", ""},
		"beside HTML": {crlf("Subject: x", "Content-Type: multipart/alternative; boundary=b", "", "--b", "Content-Type: text/html", "", "<p>words</p>", "--b",
			"Content-Type: text/calendar; name=bad.ics", "", "BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Meeting", "END:VEVENT", "END:VCALENDAR", "--b--"), all, "words", "VCALENDAR", ""},
	} {
		rest, refused := eml.Without(c.raw, c.refuse)
		m := eml.Parse(rest)
		var left []string
		for _, f := range m.Files {
			left = append(left, f.Name)
		}
		text := eml.Pictures(m.Text, func(string) string { return "" })
		if len(refused) == 0 || m.Subject != "x" || text != c.text || strings.Contains(string(rest), c.lack) || strings.Join(left, ",") != c.files {
			t.Errorf("%s: refused %d, text %q, files %q, want %q and %q without %q:\n%s", name, len(refused), text, left, c.text, c.files, c.lack, rest)
		}
	}
}

// TestEveryAwkwardMailSurvivesTheLossOfItsFiles: nothing refused is nothing changed, and without its files a mail has its
// headers still.
func TestEveryAwkwardMailSurvivesTheLossOfItsFiles(t *testing.T) {
	names, err := filepath.Glob("../../domain/ticketmail/testdata/awkward/*.eml")
	if err != nil || len(names) < 25 {
		t.Fatalf("%d awkward mails, %v", len(names), err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if rest, refused := eml.Without(raw, func(eml.File) bool { return false }); len(refused) != 0 || !bytes.Equal(rest, raw) {
			t.Errorf("%s changed though nothing was refused", name)
		}
		before := eml.Parse(raw)
		rest, refused := eml.Without(raw, all)
		after := eml.Parse(rest)
		if len(after.Files) > 0 || len(refused) < len(before.Files) {
			t.Errorf("%s: %d files left, %d of %d refused", name, len(after.Files), len(refused), len(before.Files))
		}
		if after.Subject != before.Subject || after.From != before.From || before.HasID && after.ID != before.ID || after.Kind != before.Kind && before.Kind != eml.Bounce {
			t.Errorf("%s: %q of %v, %s, was %q of %v, %s", name, after.Subject, after.From, after.Kind, before.Subject, before.From, before.Kind)
		}
		text := func(m eml.Mail) string {
			return strings.Join(strings.Fields(eml.Pictures(m.Text, func(string) string { return "" })), " ")
		}
		if a, b := text(after), text(before); !strings.Contains(a, b) && len(before.Files) > 0 && before.Kind != eml.Bounce {
			t.Errorf("%s says %q, said %q", name, a, b)
		}
	}
}
