package ticketmail

import (
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/mailin"
)

const evil = "THIS-IS-NO-VIRUS-BUT-COUNTS-AS-ONE"

// scanned has a scanner that refuses whatever holds the mark, and one that is out of order for another.
func scanned(d *db.DB, dir string) func(*Config) {
	return func(c *Config) {
		files, err := blob.New(dir, blob.Scan{Command: []string{"sh", "-c", `grep -qa ` + evil + ` "$1" && exit 1; grep -qa SCANNER-AWAY "$1" && exit 3; exit 0`, "scan"}})
		if err != nil {
			panic(err)
		}
		c.Files, c.Uploads = files, attachment.New(d, files)
	}
}

// infected is a mail with a harmless file and one that the scanner refuses.
func infected(id, to, subject string) string {
	part := func(name, content string) string {
		return "--b\nContent-Type: text/plain; name=\"" + name + "\"\nContent-Disposition: attachment; filename=\"" + name + "\"\nContent-Transfer-Encoding: base64\n\n" +
			base64.StdEncoding.EncodeToString([]byte(content)) + "\n"
	}
	return letterOf(id, "Chen Wei <"+weiMail+">", to, subject, "--b\nContent-Type: text/plain; charset=utf-8\n\nThe log is attached.\n"+
		part("good.txt", "all is well\n")+part("bad.txt", evil+"\n")+"--b--", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b")
}

// TestAFileThatTheScannerRefusesIsNamedAndItsMailIsTaken opens a ticket and answers one with such a mail.
func TestAFileThatTheScannerRefusesIsNamedAndItsMailIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c, scanned(d, t.TempDir()))
		opening := g.take(infected("v1@northwind.example", deskMail, "Router down"))
		g.refusedIn(opening)
		if sent := g.out.to(weiMail); len(sent) != 1 || !strings.Contains(sent[0].Text, "bad.txt (1 KB) was not taken: the virus scanner refused it") || !strings.Contains(sent[0].Text, opening.No) {
			t.Errorf("the sender is told %+v, want the ticket and the file that isn't in it", sent)
		}
		x, told := g.answered("Switch down")
		before := len(g.out.to(weiMail))
		reply := g.take(infected("v2@northwind.example", told.ReplyTo, "Re: Switch down"))
		g.refusedIn(reply)
		if reply.No != x.No {
			t.Errorf("the answer went to %s, want %s", reply.No, x.No)
		}
		if sent := g.out.to(weiMail)[before:]; len(sent) != 1 || !strings.Contains(sent[0].Subject, "were not taken") || !strings.Contains(sent[0].Text, "bad.txt") || strings.Contains(sent[0].Text, "good.txt") {
			t.Errorf("the sender is told %+v, want the file that wasn't taken", sent)
		}
		// A stranger's mail is held without the file; the desk sees its name.
		stranger := g.take(strings.Replace(infected("v3@elsewhere.example", deskMail, "Hello"), weiMail, "ada@elsewhere.example", 1))
		if stranger.State != Held || stranger.Reason != Unknown || len(stranger.Refused) != 1 || stranger.Refused[0].Name != "bad.txt" {
			t.Errorf("a stranger's mail: %s %s, refused %v", stranger.State, stranger.Reason, stranger.Refused)
		}
		// The text itself is refused: nothing is kept but the row, and the desk knows of it.
		whole := g.take(letterOf("v4@northwind.example", weiMail, deskMail, "All bad", evil))
		if whole.State != Held || whole.Reason != Infected || whole.Hash != "" {
			t.Errorf("a mail whose text is refused: %s %s, file %q", whole.State, whole.Reason, whole.Hash)
		}
		raw := []byte(strings.ReplaceAll(letterOf("v5@northwind.example", weiMail, deskMail, "Later", "SCANNER-AWAY"), "\n", "\r\n"))
		if err := g.s.Store(t.Context(), mailin.Incoming{Raw: raw, Size: int64(len(raw))}); err == nil {
			t.Error("a mail is taken while the scanner is out of order")
		}
	})
}

// refusedIn wants a mail to be a message that has the good file and names the bad one, and the original without it.
func (g *ground) refusedIn(m Mail) {
	g.t.Helper()
	if m.State != Done {
		g.t.Fatalf("the mail is %s %s %v, want it in a ticket", m.State, m.Reason, m.Detail)
	}
	all := g.messages(m.No)
	i := slices.IndexFunc(all, func(s messageOf) bool { return s.ID == m.Message })
	if body := all[i].Body; !strings.Contains(body, "The log is attached.") || !strings.Contains(body, "[bad.txt (1 KB) was not taken: the virus scanner refused it.") {
		g.t.Errorf("the message says %q", body)
	}
	files, err := attachment.OfTicket(g.t.Context(), g.DB.Read(), m.No)
	fixture.Must(g.t, err)
	if got := files[m.Message]; len(got) != 1 || got[0].Name != "good.txt" {
		g.t.Errorf("files %+v, want good.txt alone", got)
	}
	f, err := g.s.Raw(g.t.Context(), g.vendor, m.ID)
	fixture.Must(g.t, err)
	defer f.Close()
	raw, err := io.ReadAll(f)
	fixture.Must(g.t, err)
	if strings.Contains(string(raw), base64.StdEncoding.EncodeToString([]byte(evil + "\n"))[:20]) || !strings.Contains(string(raw), "good.txt") || !strings.Contains(string(raw), "Message-ID: <"+m.MessageID+">") {
		g.t.Errorf("the original mail is kept as\n%s", raw)
	}
}

// TestWhatIsRefusedIsToldInTheReadersLanguage: a Chinese user's message names the file in Chinese.
func TestWhatIsRefusedIsToldInTheReadersLanguage(t *testing.T) {
	d, c := one(t)
	g := newGround(t, d, c, scanned(d, t.TempDir()))
	li := g.chinese("li@northwind.example")
	m := g.take(strings.Replace(infected("z1@northwind.example", deskMail, "路由器故障"), weiMail, li, 1))
	if m.State != Done {
		t.Fatalf("the mail is %s %s %v", m.State, m.Reason, m.Detail)
	}
	if body := g.messages(m.No)[0].Body; !strings.Contains(body, "[附件 bad.txt（1 KB）未通过病毒扫描") {
		t.Errorf("the message says %q", body)
	}
	if sent := g.out.to(li); len(sent) != 1 || !strings.Contains(sent[0].Text, "其中部分内容未能收入") || !strings.Contains(sent[0].Text, "bad.txt") {
		t.Errorf("the sender is told %+v", sent)
	}
}
