package pdf

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hanse/internal/kit/fault"
)

// With -look a test leaves its documents there, for a look at them.
var look = flag.String("look", "", "folder to write the documents to")

func sample() Certificate {
	return Certificate{
		Number: "H3C-2026-000417", Program: Both{"H3C Star-Rated Service Certification", "H3C 星级服务认证"},
		Level: Both{"Four-Star Service Partner", "四星级服务伙伴"}, Stars: 4,
		Holder:   Both{"Shenzhen Northwind Systems Integration Co., Ltd.", "深圳北风系统集成有限公司"},
		IssuedOn: "2026-11-20", ValidFrom: "2026-11-20", ValidUntil: "2027-11-19",
		Issuer: Both{"Hanse Demo Networks", "汉萨演示网络科技有限公司"}, VerifyURL: "https://partner.example/verify/H3C-2026-000417",
	}
}

func certificate(t *testing.T, p *Press, name string, c Certificate) []byte {
	t.Helper()
	b, err := p.Certificate(c)
	if err != nil {
		t.Fatalf("%s: Certificate: %v", name, err)
	}
	keep(t, name, b)
	return b
}

func keep(t *testing.T, name string, b []byte) {
	t.Helper()
	if *look == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*look, name+".pdf"), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// tool runs one of the programs that read PDFs and pictures, and skips the test where it isn't installed.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED: %s isn't installed (Debian: poppler-utils, zbar-tools), so the document was not read back", name)
	}
	out, err := exec.Command(path, args...).Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return string(out)
}

// read returns the text of a document, page after page with a form feed behind each.
func read(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "doc.pdf")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return tool(t, "pdftotext", "-layout", name, "-")
}

func TestACertificateSaysEverythingInBothLanguages(t *testing.T) {
	got := read(t, certificate(t, NewPress(), "certificate", sample()))
	for _, want := range []string{
		"资质证书", "CERTIFICATE OF QUALIFICATION", "深圳北风系统集成有限公司", "Shenzhen Northwind Systems Integration Co., Ltd.",
		"“H3C 星级服务认证”", "H3C Star-Rated Service Certification", "四星级服务伙伴", "Four-Star Service Partner",
		"H3C-2026-000417", "2026-11-20", "2026-11-20 – 2027-11-19", "https://partner.example/verify/H3C-2026-000417",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the text lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "??") || strings.Contains(got, string(missing)) {
		t.Errorf("the text has a hole:\n%s", got)
	}
	if n := strings.Count(got, "\f"); n != 1 {
		t.Errorf("%d pages, want 1", n)
	}
}

func TestThePrintedCodeLeadsToTheVerificationPage(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "c.pdf"), certificate(t, NewPress(), "certificate", sample()), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "pdftoppm", "-r", "150", "-png", "-singlefile", filepath.Join(dir, "c.pdf"), filepath.Join(dir, "c"))
	got := tool(t, "zbarimg", "-q", "--raw", filepath.Join(dir, "c.png"))
	if strings.TrimSpace(got) != sample().VerifyURL {
		t.Errorf("zbarimg reads %q, want %q", got, sample().VerifyURL)
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	p := NewPress()
	want := certificate(t, p, "certificate", sample())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got, err := p.Certificate(sample()); err != nil || !bytes.Equal(got, want) {
				t.Errorf("another drawing of the same press differs: %v", err)
			}
		})
	}
	wg.Wait()
	if !bytes.Equal(certificate(t, NewPress(), "certificate", sample()), want) {
		t.Error("another press draws other bytes")
	}
	if n := len(want); n > 150_000 {
		t.Errorf("the document has %d bytes, want at most 150,000", n)
	}
}

func TestCertificatesOfAllShapes(t *testing.T) {
	p := NewPress()
	for name, change := range map[string]func(*Certificate){
		"no-stars":       func(c *Certificate) { c.Stars = 0 },
		"five-stars":     func(c *Certificate) { c.Stars = 5 },
		"one-star":       func(c *Certificate) { c.Stars = 1 },
		"english-only":   func(c *Certificate) { c.Holder.ZH, c.Issuer.ZH, c.Level.ZH = "", "", "" },
		"chinese-only":   func(c *Certificate) { c.Holder.EN, c.Issuer.EN = "", "" },
		"rare-character": func(c *Certificate) { c.Holder.ZH = "朱镕堃淼喆骉科技" },
		"turkish":        func(c *Certificate) { c.Holder = Both{"Şahin Bilişim Teknolojileri A.Ş. – Ağ & Güvenlik", ""} },
		"long": func(c *Certificate) {
			c.Holder.ZH = strings.Repeat("深圳北风系统集成", 7)
			c.Holder.EN = strings.Repeat("Northwind Systems ", 6) + "Ltd."
			c.Program.EN, c.Program.ZH = strings.Repeat("Star-Rated Service Certification ", 3), strings.Repeat("星级服务认证计划", 5)
			c.Level.EN, c.Issuer.EN = strings.Repeat("Four-Star Service Partner ", 4), strings.Repeat("Demo Networks ", 8)
			c.VerifyURL += strings.Repeat("0123456789", 8)
		},
		"emoji-elsewhere": func(c *Certificate) { c.Program.EN, c.Level.ZH = "Star 😀", "四星𠮷" },
	} {
		c := sample()
		change(&c)
		if b := certificate(t, p, name, c); !bytes.HasPrefix(b, []byte("%PDF-")) {
			t.Errorf("%s: no PDF", name)
		}
	}
}

func TestNamesThatCannotStandOnACertificateAreRefused(t *testing.T) {
	p := NewPress()
	for _, c := range []struct{ name, want string }{
		{"深圳北风系统集成有限公司", ""},
		{"Łódź Şahin Nguyễn Әлия Ωmega & Co. (HK)", ""},
		{"e\u0301clair", ""}, // composed to é first
		{"", "pdf.name.empty"},
		{strings.Repeat("长", maxName+1), "pdf.name.long"},
		{"𠮷野家", "pdf.name.glyph"},
		{"Happy 😀 Ltd.", "pdf.name.glyph"},
		{"บริษัท", "pdf.name.glyph"},
		{"two\nlines", "pdf.name.invisible"},
		{"re\u202everse", "pdf.name.invisible"},
		{"zero\u200bwidth", "pdf.name.invisible"},
		{"bad\xffbyte", "pdf.name.invisible"},
	} {
		got := ""
		if f := fault.Of(p.CheckName("name", c.name)); f != nil {
			got = f.Msg.Key
		}
		if got != c.want {
			t.Errorf("CheckName(%q) = %q, want %q", c.name, got, c.want)
		}
		if c.want == "" || c.name == "" {
			continue
		}
		cert := sample()
		cert.Holder.ZH = c.name
		if _, err := p.Certificate(cert); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("Certificate for %q = %v, want invalid", c.name, err)
		}
	}
	nobody := sample()
	nobody.Holder = Both{}
	if _, err := p.Certificate(nobody); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("Certificate for nobody = %v, want invalid", err)
	}
}

func BenchmarkCertificate(b *testing.B) {
	p := NewPress()
	for b.Loop() {
		if _, err := p.Certificate(sample()); err != nil {
			b.Fatal(err)
		}
	}
}

// TestACertificateCarriesItsCredential reads the attachment back, by our own reader and by another program.
func TestACertificateCarriesItsCredential(t *testing.T) {
	c := sample()
	c.Credential = []byte("{\n  \"name\": \"四星级服务伙伴\"\n}\n")
	b := certificate(t, NewPress(), "credential", c)
	got, err := Attachment(b)
	if err != nil || !bytes.Equal(got, c.Credential) {
		t.Errorf("Attachment = %q, %v", got, err)
	}
	if again := certificate(t, NewPress(), "again", c); !bytes.Equal(again, b) {
		t.Error("the same certificate made twice isn't the same")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "doc.pdf")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "pdfdetach", "-saveall", "-o", dir, name)
	if got, err := os.ReadFile(filepath.Join(dir, CredentialName)); err != nil || !bytes.Equal(got, c.Credential) {
		t.Errorf("pdfdetach gives %q, %v", got, err)
	}
	for what, b := range map[string][]byte{"a plain certificate": certificate(t, NewPress(), "plain", sample()), "no PDF": []byte("{}"),
		"a cut one": b[:60], "a false one": []byte("%PDF-1.7 /EmbeddedFile stream\nnot packed")} {
		if got, err := Attachment(b); err == nil {
			t.Errorf("%s: Attachment = %q, want an error", what, got)
		}
	}
}
