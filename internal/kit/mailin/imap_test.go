package mailin_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hanse/internal/kit/mailin"
	"hanse/internal/kit/mailin/mailintest"
)

func box(t *testing.T, text string) mailin.Mailbox {
	t.Helper()
	m, err := mailin.ParseMailbox(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func raw(n int) string {
	return fmt.Sprintf("From: wei@northwind.example\nSubject: mail %d\nMessage-ID: <%d@northwind.example>\n\ntext %d\n", n, n, n)
}

// a shelf keeps what is stored, with the place of the last one.
type shelf struct {
	at   mailin.Position
	got  []string
	fail int // the nth mail isn't kept
	in   []mailin.Incoming
}

func (s *shelf) store(_ context.Context, in mailin.Incoming) error {
	if s.fail > 0 && len(s.got)+1 == s.fail {
		return errors.New("the disk is full")
	}
	_, after, _ := strings.Cut(string(in.Raw), "Subject: ")
	subject, _, _ := strings.Cut(after, "\r\n")
	s.got, s.in = append(s.got, subject), append(s.in, in)
	s.at = mailin.Position{Validity: in.Validity, UID: in.UID}
	return nil
}

// TestAMailboxIsReadFromWhereItWasLeft follows one mailbox through its life: read, read on, interrupted, restarted, made
// anew, with mails that are too large, by each way of protection.
func TestAMailboxIsReadFromWhereItWasLeft(t *testing.T) {
	srv := mailintest.Start(t)
	var s shelf
	p := mailin.Puller{Store: s.store, Bytes: 100_000}
	m := box(t, srv.URL("desk", "INBOX", ""))
	pull := func(want string, fails bool) {
		t.Helper()
		_, err := p.Pull(t.Context(), m, s.at)
		if (err != nil) != fails || strings.Join(s.got, ", ") != want {
			t.Fatalf("Pull = %v, stored %q, want %q and an error: %v", err, s.got, want, fails)
		}
	}
	pull("", false)
	srv.Put("desk", "INBOX", raw(1))
	srv.Put("desk", "INBOX", raw(2))
	pull("mail 1, mail 2", false)
	if all, unseen := srv.Count("desk", "INBOX"); all != 2 || unseen != 0 {
		t.Errorf("%d mails, %d unseen, want both there and seen", all, unseen)
	}
	pull("mail 1, mail 2", false)

	// What can't be stored isn't marked, and comes again.
	srv.Put("desk", "INBOX", raw(3))
	s.fail = 3
	pull("mail 1, mail 2", true)
	if _, unseen := srv.Count("desk", "INBOX"); unseen != 1 {
		t.Errorf("%d unseen, want the mail that wasn't stored", unseen)
	}
	s.fail = 0
	pull("mail 1, mail 2, mail 3", false)

	// The server goes away in between.
	srv.Put("desk", "INBOX", raw(4))
	srv.Stop()
	pull("mail 1, mail 2, mail 3", true)
	srv.Again()
	pull("mail 1, mail 2, mail 3, mail 4", false)

	// A mail that is too large comes as its head.
	srv.Put("desk", "INBOX", raw(5)+strings.Repeat("0123456789abcdef\n", 10_000))
	pull("mail 1, mail 2, mail 3, mail 4, mail 5", false)
	if last := s.in[4]; !last.TooLarge() || last.Size < 150_000 || strings.Contains(string(last.Raw), "0123") {
		t.Errorf("a large mail came as %d of %d bytes, too large = %v", len(last.Raw), last.Size, last.TooLarge())
	}

	// Stored, and then the program died before it marked the mail: it's marked later, and not stored twice.
	srv.Put("desk", "INBOX", raw(6))
	at := s.at
	s.at.UID++
	pull("mail 1, mail 2, mail 3, mail 4, mail 5", false)
	if _, unseen := srv.Count("desk", "INBOX"); unseen != 0 || s.at.UID != at.UID+1 {
		t.Errorf("%d unseen, want none", unseen)
	}
}

// TestAFolderMadeAnewIsReadFromItsBeginning also moves what was taken away, by STARTTLS and in the clear.
func TestAFolderMadeAnewIsReadFromItsBeginning(t *testing.T) {
	srv := mailintest.Start(t)
	var s shelf
	p := mailin.Puller{Store: s.store}
	for i, how := range []string{"", "&tls=starttls", "&tls=none"} {
		text := srv.URL("desk", "INBOX", "&move=Taken"+how)
		if how != "" {
			text = strings.Replace(strings.Replace(text, "imaps:", "imap:", 1), fmt.Sprint(srv.TLSPort), fmt.Sprint(srv.Port), 1)
		}
		srv.Put("desk", "INBOX", raw(i))
		if n, err := p.Pull(t.Context(), box(t, text), s.at); n != 1 || err != nil {
			t.Fatalf("Pull by %q = %d, %v", how, n, err)
		}
		if all, _ := srv.Count("desk", "INBOX"); all != 0 {
			t.Errorf("%d mails in the inbox, want them moved", all)
		}
		if all, unseen := srv.Count("desk", "Taken"); all != i+1 || unseen != 0 {
			t.Errorf("%d moved, %d unseen, want %d and 0", all, unseen, i+1)
		}
	}
	other := box(t, srv.URL("desk", "Other", ""))
	if _, err := p.Pull(t.Context(), other, mailin.Position{}); err == nil || !strings.Contains(err.Error(), "Other") || strings.Contains(err.Error(), mailintest.Password) {
		t.Errorf("a folder that doesn't exist: %v", err)
	}
	s = shelf{}
	c := box(t, srv.URL("two", "Box", ""))
	for range 2 {
		srv.Renew("two", "Box", raw(7))
		if n, err := p.Pull(t.Context(), c, s.at); n != 1 || err != nil {
			t.Errorf("Pull of a folder made anew = %d, %v", n, err)
		}
	}
}

func TestAServerThatCannotBeTrustedGetsNoPassword(t *testing.T) {
	srv := mailintest.Start(t)
	text := srv.URL("desk", "INBOX", "")
	text, _, _ = strings.Cut(text, "?")
	if err := mailin.Check(t.Context(), box(t, text)); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server with an unknown certificate: %v", err)
	}
	if err := mailin.Check(t.Context(), box(t, srv.URL("desk", "INBOX", ""))); err != nil {
		t.Errorf("Check = %v", err)
	}
	wrong := strings.Replace(srv.URL("desk", "INBOX", ""), mailintest.Password, "wrong", 1)
	if err := mailin.Check(t.Context(), box(t, wrong)); err == nil || !strings.Contains(err.Error(), "sign in") {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestAMailboxIsNamedWithoutItsPassword(t *testing.T) {
	m := box(t, "imaps://desk%40vendor.example:se%2Fcret@mail.example/INBOX?desk=help@partner.example")
	if m.Name() != "desk@vendor.example@mail.example:993/INBOX" || m.Password != "se/cret" || m.Desk != "help@partner.example" || m.TLS != mailin.TLS {
		t.Errorf("ParseMailbox = %+v, named %s", m, m.Name())
	}
	for text, want := range map[string]string{"imaps://host/INBOX": "host and user", "pop://u:secret@host/": "imaps://", "imap://u:secret@host/?x=1": "unknown option",
		"imaps://u:secret@host/?tls=maybe": "tls=maybe", "imaps://u:se cret%zz@host": "can't be read"} {
		if _, err := mailin.ParseMailbox(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseMailbox(%q) = %v, want %q without the password", text, err, want)
		}
	}
}
