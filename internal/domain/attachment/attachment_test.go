package attachment_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

type world struct {
	*fixture.World
	t     *testing.T
	clock *clock.Manual
	s     *attachment.Service
	dir   string
}

func each(t *testing.T, test func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		dir := t.TempDir()
		files, err := blob.New(dir, blob.Scan{})
		fixture.Must(t, err)
		test(&world{fixture.New(t, d), t, c, attachment.New(d, files), dir})
	})
}

func picture() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		panic(err)
	}
	return b.String()
}

func (w *world) put(by actor.Actor, name, content string) (attachment.Attachment, error) {
	return w.s.Put(w.t.Context(), by, attachment.Upload{Source: attachment.Message, Name: name, Body: strings.NewReader(content)})
}

func (w *world) bind(by actor.Actor, message string, ids ...string) error {
	return w.DB.Update(w.t.Context(), func(tx *db.Tx) error {
		return attachment.Bind(w.t.Context(), tx, by, by.Account, ids, "TT1", message)
	})
}

func (w *world) must(by actor.Actor, name, content string) attachment.Attachment {
	w.t.Helper()
	a, err := w.put(by, name, content)
	fixture.Must(w.t, err)
	return a
}

func TestAFileIsWhatItsNameAndItsContentBothSay(t *testing.T) {
	each(t, func(w *world) {
		by := w.Partner("Siam Link")
		for _, c := range []struct {
			name, content string
			inline        bool
			kept          string // name it's kept under, "" = refused
		}{
			{"shot.PNG", picture(), true, "shot.PNG"},
			{"../../etc/trace.log", "10:01 timeout", false, "trace.log"},
			{"mail.eml", "From: a@example.org\nSubject: x\n\nhello", false, "mail.eml"},
			{"shot.png", "<script>alert(1)</script>", false, ""},
			{"run.exe", "MZ\x90\x00", false, ""},
			{"picture.svg", "<svg/>", true, ""},
			{"trace.log", "10:01", true, ""}, // only a picture stands inside a text
			{"none", "10:01", false, ""},
			{"empty.txt", "", false, ""},
		} {
			a, err := w.s.Put(t.Context(), by, attachment.Upload{Source: attachment.Incident, Name: c.name, Inline: c.inline, Body: strings.NewReader(c.content)})
			if c.kept == "" {
				if f := fault.Of(err); f == nil || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Name != "file" {
					t.Errorf("%s: %+v, %v, want a refusal of file", c.name, a, err)
				}
				continue
			}
			if err != nil || a.Name != c.kept || a.Picture() != c.inline || len(a.ID) > 32 {
				t.Errorf("%s: %+v, %v, want name %s, picture %t", c.name, a, err, c.kept, c.inline)
				continue
			}
			f, err := w.s.Open(a)
			fixture.Must(t, err)
			got, err := io.ReadAll(f)
			f.Close()
			if err != nil || string(got) != c.content {
				t.Errorf("%s: read %d bytes, %v, want what was uploaded", c.name, len(got), err)
			}
		}
		if _, err := w.put(by, "long.txt", strings.Repeat("a", 4<<20+1)); fault.KindOf(err) != fault.KindTooLarge {
			t.Errorf("more than 4 MB: %v, want TooLarge", err)
		}
		if _, err := w.put(w.VendorUser(actor.Auditor), "a.txt", "a"); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("an auditor uploads: %v, want Denied", err)
		}
	})
}

func TestAnUploadIsBoundOnceByItsUploader(t *testing.T) {
	each(t, func(w *world) {
		by, other := w.Partner("Siam Link"), w.Partner("Niletech")
		colleague := w.User(by.Account, actor.ServiceManager)
		a, b := w.must(by, "a.txt", "a"), w.must(by, "b.txt", "b")
		for _, who := range []actor.Actor{other, colleague} {
			var r *attachment.Refusal
			if err := w.bind(who, "m0", a.ID); !errors.As(err, &r) || r.Why != attachment.Unknown || fault.Of(err).Fields[0].Value != a.ID {
				t.Errorf("%s binds it: %v, want Unknown naming %s", who.Name, err, a.ID)
			}
			if _, err := w.s.Own(t.Context(), who, a.ID); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%s reads the upload: %v, want NotFound", who.Name, err)
			}
			if err := w.s.Delete(t.Context(), who, a.ID); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%s deletes the upload: %v, want NotFound", who.Name, err)
			}
		}
		fixture.Must(t, w.bind(by, "m1", a.ID))
		var r *attachment.Refusal
		if err := w.bind(by, "m2", b.ID, a.ID, "att_none"); !errors.As(err, &r) || len(fault.Of(err).Fields) != 2 {
			t.Errorf("a used and an unknown id: %v, want both named", err)
		}
		fixture.Must(t, w.bind(by, "m2", b.ID)) // the refusal bound nothing
		got, err := attachment.OfTicket(t.Context(), w.DB.Read(), "TT1")
		if err != nil || len(got["m1"]) != 1 || len(got["m2"]) != 1 || got["m2"][0].ID != b.ID {
			t.Errorf("files of the ticket: %+v, %v", got, err)
		}
		if err := w.s.Delete(t.Context(), by, a.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a bound file is deleted: %v, want NotFound", err)
		}
		ids := []string{}
		for i := range 6 {
			ids = append(ids, w.must(by, fmt.Sprintf("%d.txt", i), "x").ID)
		}
		if err := w.bind(by, "m3", ids...); !errors.As(err, &r) || r.Why != attachment.TooMany {
			t.Errorf("six files: %v, want TooMany", err)
		}
	})
}

func TestTwoMessagesAtOnceCannotHaveTheSameFile(t *testing.T) {
	each(t, func(w *world) {
		by := w.Partner("Siam Link")
		a := w.must(by, "a.txt", "a")
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() { errs[i] = w.bind(by, fmt.Sprint("m", i), a.ID) })
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			}
		}
		got, err := attachment.OfTicket(t.Context(), w.DB.Read(), "TT1")
		if err != nil || won != 1 || len(got) != 1 {
			t.Errorf("%d of 8 bound it, messages with files: %v, %v, want one", won, got, err)
		}
	})
}

func TestTheVolumeOfADayIsNeverPassed(t *testing.T) {
	each(t, func(w *world) {
		by := w.Partner("Siam Link")
		admin := w.Vendor()
		fixture.Must(t, w.Setting.Change(t.Context(), admin, setting.Change{Key: setting.TicketFileDayMegabytes, Value: "3"}))
		var wait sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wait.Go(func() { _, errs[i] = w.put(by, "a.txt", strings.Repeat("a", 1<<20)) })
		}
		wait.Wait()
		stored := 0
		for _, err := range errs {
			var r *attachment.Refusal
			switch {
			case err == nil:
				stored++
			case !errors.As(err, &r) || r.Why != attachment.OverDay || fault.KindOf(err) != fault.KindTooMany:
				t.Errorf("over the volume: %v, want OverDay", err)
			}
		}
		if stored != 3 {
			t.Errorf("%d MB were stored, want 3", stored)
		}
		w.must(w.Partner("Niletech"), "a.txt", "others have their own volume")
		w.clock.AdvanceWall(24 * time.Hour)
		w.must(by, "a.txt", "a new day")
	})
}

func TestAnUploadThatNoMessageTookIsSweptAfterADay(t *testing.T) {
	each(t, func(w *world) {
		by := w.Partner("Siam Link")
		kept, left := w.must(by, "kept.txt", "a"), w.must(by, "left.txt", "b")
		fixture.Must(t, w.bind(by, "m1", kept.ID))
		w.clock.AdvanceWall(23 * time.Hour)
		young := w.must(by, "young.txt", "c")
		w.clock.AdvanceWall(2 * time.Hour)
		if err := w.bind(by, "m2", left.ID); err == nil {
			t.Error("an upload of 25 hours ago was bound")
		}
		fixture.Must(t, w.s.Sweep(t.Context(), w.DB.Clock().Now()))
		got, err := attachment.Of(t.Context(), w.DB.Read(), []string{kept.ID, left.ID, young.ID})
		if err != nil || len(got) != 2 || got[0].ID != kept.ID || got[1].ID != young.ID {
			t.Errorf("after the sweep: %+v, %v, want the bound and the young one", got, err)
		}
	})
}

// content tells whether the file of an upload is on disk; stored says when it was stored last, by the test's clock.
func (w *world) content(a attachment.Attachment, stored time.Time) bool {
	w.t.Helper()
	path := filepath.Join(w.dir, "attachments", a.Hash[:2], a.Hash)
	err := os.Chtimes(path, stored, stored)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.t.Fatal(err)
	}
	return err == nil
}

func TestContentGoesWithTheLastUploadThatHasIt(t *testing.T) {
	each(t, func(w *world) {
		by, other := w.Partner("Siam Link"), w.Partner("Niletech")
		sweep := func(after time.Duration) {
			w.t.Helper()
			w.clock.AdvanceWall(after)
			fixture.Must(t, w.s.Sweep(t.Context(), w.DB.Clock().Now()))
		}
		start := w.clock.Wall()
		alone, shared, again := w.must(by, "a.txt", "alone"), w.must(by, "b.txt", "shared"), w.must(by, "c.txt", "again")
		kept := w.must(other, "kept.txt", "shared")
		fixture.Must(t, w.bind(other, "m1", kept.ID))
		for _, a := range []attachment.Attachment{alone, shared, again} {
			if !w.content(a, start) {
				t.Fatalf("%s isn't stored", a.Name)
			}
		}
		sweep(25 * time.Hour) // the rows go; their content is noted
		for _, a := range []attachment.Attachment{alone, shared, again} {
			if !w.content(a, start) {
				t.Errorf("%s went with its row, want it an hour later", a.Name)
			}
		}
		w.clock.AdvanceWall(time.Hour)
		w.content(again, w.clock.Wall()) // somebody stores it again at this moment; the row comes after the sweep
		sweep(time.Minute)
		if w.content(alone, start) || !w.content(shared, start) || !w.content(again, w.clock.Wall()) {
			t.Errorf("there are alone %t, shared %t, again %t, want only what no row has and nobody stores gone",
				w.content(alone, start), w.content(shared, start), w.content(again, start))
		}
		row := w.must(other, "d.txt", "again")
		fixture.Must(t, w.bind(other, "m2", row.ID))
		w.content(row, w.clock.Wall())
		sweep(25 * time.Hour)
		for _, a := range []attachment.Attachment{kept, row} {
			f, err := w.s.Open(a)
			fixture.Must(t, err)
			f.Close()
		}
	})
}

func TestContentOfARefusedOrDeletedUploadGoes(t *testing.T) {
	each(t, func(w *world) {
		by := w.Partner("Siam Link")
		fixture.Must(t, w.Setting.Change(t.Context(), w.Vendor(), setting.Change{Key: setting.TicketFileDayMegabytes, Value: "1"}))
		start := w.clock.Wall()
		deleted := w.must(by, "a.txt", "deleted")
		fixture.Must(t, w.s.Delete(t.Context(), by, deleted.ID))
		big := strings.Repeat("a", 1<<20)
		if _, err := w.put(by, "b.txt", big); fault.KindOf(err) != fault.KindTooMany {
			t.Fatalf("over the day's volume: %v", err)
		}
		sum := sha256.Sum256([]byte(big))
		refused := attachment.Attachment{Name: "b.txt", Hash: hex.EncodeToString(sum[:])}
		for _, a := range []attachment.Attachment{deleted, refused} {
			if !w.content(a, start) {
				t.Errorf("%s isn't stored", a.Name)
			}
		}
		w.clock.AdvanceWall(2 * time.Hour)
		fixture.Must(t, w.s.Sweep(t.Context(), w.DB.Clock().Now()))
		for _, a := range []attachment.Attachment{deleted, refused} {
			if w.content(a, start) {
				t.Errorf("%s is still there", a.Name)
			}
		}
	})
}
