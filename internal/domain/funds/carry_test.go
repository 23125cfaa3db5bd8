package funds_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

// migration is the text of one, as the database of the test reads it.
func (ch *channel) migration(name string) string {
	ch.t.Helper()
	all, err := db.Migrations()
	fixture.Must(ch.t, err)
	text := all[slices.IndexFunc(all, func(m db.Migration) bool { return m.Name == name })].Text
	if strings.HasSuffix(ch.t.Name(), "/postgres") {
		text = regexp.MustCompile(`/\*postgres (.*?)\*/`).ReplaceAllString(text, "$1")
	}
	return text
}

// before makes the tables of batches that the program had before.
func (ch *channel) before() {
	ch.t.Helper()
	_, tables, _ := strings.Cut(ch.migration("funds"), "-- Many allocations or reclaims")
	ch.write("-- " + tables)
}

func (ch *channel) write(text string, args ...any) {
	ch.t.Helper()
	fixture.Must(ch.t, ch.DB.Update(ch.t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(ch.t.Context(), tx, text, args...)
		return err
	}))
}

// old writes a batch as the program before wrote it, and its job.
func (ch *channel) old(by actor.Actor, id, kind, state, file, hash, job string, rows, bad, done, refused, total, moved int64) {
	ch.t.Helper()
	who := fmt.Sprintf(`{"Account":%q,"Kind":"partner","User":%q,"Name":"Old Hand","Via":"session"}`, by.Account, by.User)
	ch.write(`INSERT INTO funds_batch (account_id, id, partner_id, kind, state, file_name, hash, unit, memo, user_id, user_name, actor, row_count, bad_count,
		done_count, fail_count, total, moved, problem, created_at, finished_at) VALUES ($1, $2, $1, $3, $4, $5, $6, 'CNY', 'of all', $7, 'Old Hand', $8, $9, $10, $11, $12, $13, $14, '', 7, NULL)`,
		by.Account, id, kind, state, file, hash, by.User, who, rows, bad, done, refused, total, moved)
	if job == "" {
		return
	}
	fixture.Must(ch.t, ch.DB.Update(ch.t.Context(), func(tx *db.Tx) error {
		return jobs.Add(ch.t.Context(), tx, jobs.New{Kind: job, Key: id, Account: by.Account, Payload: map[string]string{"Account": by.Account, "Batch": id}})
	}))
}

func (ch *channel) oldRow(by actor.Actor, id string, line int64, cells, to string, minor int64, state string, x funds.Out) {
	ch.t.Helper()
	problem := ""
	if state == "bad" || state == "refused" {
		problem = i18n.Spoken(i18n.Raw("as it was"))
	}
	ch.write(`INSERT INTO funds_row (account_id, batch_id, line, cells, receiver_id, name, minor, memo, state, book, transfer, number, problem)
		VALUES ($1, $2, $3, $4, $5, 'Whoever', $6, 'm', $7, $8, $9, $10, $11)`, by.Account, id, line, cells, to, minor, state, x.Book, x.ID, x.Number, problem)
}

func TestBatchesOfTheProgramBeforeAreCarriedOverAndFinish(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch, ctx := newChannel(t, d, c), t.Context()
		by, north, south := ch.distributor, ch.north.Account, ch.south.Account
		const ended, running, checking, listed = "fba_1000000000000000000000000a", "fba_1000000000000000000000000b", "fba_1000000000000000000000000c", "fba_1000000000000000000000000d"
		ch.give(by, 100_000)
		post := func(to string, minor int64, key string) funds.Out {
			return ch.allocate(by, funds.In{To: to, Minor: minor, Key: key, Scene: "batch", Memo: "m"})
		}
		ch.before()
		ch.old(by, ended, ledger.Allocate, "done", "old.csv", "h1", "", 3, 1, 1, 1, 1_500, 1_000)
		first := post(north, 1_000, ended+":2")
		ch.oldRow(by, ended, 2, `["North \"N\" 北","10.00"]`, north, 1_000, "done", first)
		ch.oldRow(by, ended, 3, `["Nobody\\u0000","1\u0000"]`, "", 0, "bad", funds.Out{})
		ch.oldRow(by, ended, 4, `["South","5"]`, south, 500, "refused", funds.Out{})
		ch.old(by, running, ledger.Allocate, "running", "", "", "funds.post_batch", 3, 0, 1, 0, 6_000, 1_000)
		ch.oldRow(by, running, 1, `["North","10"]`, north, 1_000, "done", post(north, 1_000, running+":1"))
		ch.oldRow(by, running, 2, `["South","20"]`, south, 2_000, "ready", funds.Out{})
		posted := post(south, 2_000, running+":2") // and not noted
		ch.oldRow(by, running, 3, `["North","30"]`, north, 3_000, "ready", funds.Out{})
		file, err := ch.funds.Files.Put(ctx, strings.NewReader("receiver,amount\n"+north+",4\n"), blob.Limits{Bytes: 1000, Types: blob.Tables()})
		fixture.Must(t, err)
		ch.old(by, checking, ledger.Reclaim, "checking", "back.csv", file.Hash, "funds.check_batch", 0, 0, 0, 0, 0, 0)
		ch.old(by, listed, ledger.Reclaim, "checked", "", "", "", 1, 0, 0, 0, 1_000, 0)
		ch.oldRow(by, listed, 1, `["North","10"]`, north, 1_000, "ready", funds.Out{})

		ch.write(ch.migration("batch"))
		ch.drain()
		if b := ch.batch(by, running); b.State != batch.Done || b.Done != 3 || b.Refused != 0 || b.Moved != 6_000 || b.Work != ledger.Allocate {
			t.Errorf("the batch that ran = %+v, want 3 rows done", b)
		}
		if _, id, number := funds.Posted(ch.rows(by, running, batch.RowDone)[1]); id != posted.ID || number != posted.Number {
			t.Errorf("the row that was posted and not noted has transfer %s %s, want %s", id, number, posted.ID)
		}
		if b := ch.batch(by, checking); b.State != batch.Checked || b.Rows != 1 || b.Bad != 0 || b.Total != 400 || b.Work != ledger.Reclaim {
			t.Errorf("the batch that was checked = %+v, want 1 good row of 4.00", b)
		}
		fixture.Must(t, ch.funds.Many().Confirm(ctx, by, listed, ""))
		ch.drain()
		ch.has(ch.north, ledger.Cash, 4_000) // 10 + 10 + 30 - 10
		ch.has(ch.south, ledger.Cash, 2_000)
		ch.carried(ctx, by, ended, first)
		if all, err := ch.funds.Many().Batches(ctx, by, "", 3); err != nil || len(all) != 3 || all[0].ID != listed || all[2].ID != running {
			t.Errorf("Batches = %+v, %v, want the newest 3", all, err)
		}
		ledgertest.Balanced(t, d)
	})
}

// carried says that a batch that had ended reads as before.
func (ch *channel) carried(ctx context.Context, by actor.Actor, id string, x funds.Out) {
	ch.t.Helper()
	b := ch.batch(by, id)
	if b.State != batch.Done || b.FileName != "old.csv" || b.Rows != 3 || b.Bad != 1 || b.Done != 1 || b.Refused != 1 || b.Total != 1_500 || b.Moved != 1_000 || b.Memo != "of all" || b.UserName != "Old Hand" {
		ch.t.Errorf("the batch that had ended = %+v", b)
	}
	rows := ch.rows(by, id, "")
	book, transfer, number := funds.Posted(rows[0])
	if len(rows) != 3 || rows[0].To != `North "N" 北` || rows[0].Amount != "10.00" || book != x.Book || transfer != x.ID || number != x.Number || rows[0].Minor != 1_000 {
		ch.t.Errorf("its rows = %+v, want the transfer %+v in the first", rows, x)
	}
	if !strings.HasPrefix(rows[1].To, "Nobody") || !strings.HasPrefix(rows[1].Amount, "1") || rows[1].State != batch.RowBad || i18n.Text(i18n.English, rows[1].Problem) != "as it was" {
		ch.t.Errorf("its bad row = %+v", rows[1])
	}
	_, out := ch.funds.Many().ToCorrect(ctx, ch.DB.Read(), b, i18n.English)
	var again []string
	for r, err := range out {
		fixture.Must(ch.t, err)
		again = append(again, r[0]+" "+r[3])
	}
	if len(again) != 2 || again[1] != "South as it was" {
		ch.t.Errorf("to correct: %q", again)
	}
}
