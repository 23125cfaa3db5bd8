package db

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// A flight is everything that PostgreSQL gets of a transaction in one piece, from BEGIN to COMMIT if need be: statements
// that are only run, and rows by COPY. The server reads one message after the other, and skips what follows an error, so
// nothing needs an answer before the next one is sent; the answers are read at the end. A program that is busy serving
// notices an answer late, and here there's one to notice.
type flight struct {
	buf   []byte
	parts []part // each ends with the server's being ready for the next one
}

// A part is a query, or prepared statements up to a Sync.
type part struct {
	asked []asked
}

// asked is one statement, and what becomes of its answer.
type asked struct {
	text    string
	want    int64 // rows; -1 = as many as there are
	checked bool  // fails by itself when there are fewer
	commit  bool
}

// mostFlown is how many statements one connection keeps for flights.
const mostFlown = 400

// flown are the statements of a connection that were prepared for flights.
type flown map[string]*pgconn.StatementDescription

// prepareAll prepares what the statements need; ok is false when the connection keeps too many already.
func prepareAll(ctx context.Context, conn *pgx.Conn, statements []Statement, last bool) (all flown, ok bool, err error) {
	const name = "hanse.flown"
	all, _ = conn.PgConn().CustomData()[name].(flown)
	if all == nil {
		all = flown{}
		conn.PgConn().CustomData()[name] = all
	}
	for _, s := range statements {
		text := s.flightText(last)
		if s.copied() || all[text] != nil {
			continue
		}
		if len(all) >= mostFlown {
			return all, false, nil
		}
		if all[text], err = conn.Prepare(ctx, text, text); err != nil {
			delete(all, text)
			return all, false, explain(err, text)
		}
	}
	return all, true, nil
}

// flightText is what is sent for a statement: with COMMIT right behind it, it must itself fail when it touches too few rows.
func (s Statement) flightText(last bool) string {
	if last && s.all {
		return "WITH touched AS (" + s.text + " RETURNING 1) SELECT 1 / (CASE COUNT(*) WHEN $" + fmt.Sprint(len(s.set.Columns)+1) +
			" THEN 1 ELSE 0 END) FROM touched"
	}
	return s.text
}

// codeMissed is how a statement of flightText fails.
const codeMissed = "22012" // division by zero

func (f *flight) query(text string, a asked) {
	f.buf = append(f.buf, 'Q')
	f.buf = binary.BigEndian.AppendUint32(f.buf, uint32(4+len(text)+1))
	f.buf = append(append(f.buf, text...), 0)
	a.text = text
	f.parts = append(f.parts, part{[]asked{a}})
}

// copy sends a set's rows; the server has skipped the command when it failed before, and then skips the rows.
func (f *flight) copy(s Set) {
	f.query("COPY "+s.Table+" ("+strings.Join(s.names(), ", ")+") FROM STDIN BINARY", asked{want: int64(s.len())})
	at := len(f.buf) + 1
	f.buf = append(f.buf, 'd', 0, 0, 0, 0)
	f.buf = s.appendBinary(f.buf)
	binary.BigEndian.PutUint32(f.buf[at:], uint32(len(f.buf)-at))
	f.buf = append(f.buf, 'c', 0, 0, 0, 4)
}

// run sends a prepared statement with its arguments.
func (f *flight) run(conn *pgx.Conn, sd *pgconn.StatementDescription, s Statement, last bool) (asked, error) {
	a := asked{text: s.text, want: -1}
	bind := pgproto3.Bind{PreparedStatement: sd.Name, ParameterFormatCodes: []int16{1}}
	if s.set.Table != "" {
		for _, c := range s.set.Columns {
			bind.Parameters = append(bind.Parameters, c.array())
		}
		switch {
		case s.all && last:
			a.checked = true
			bind.Parameters = append(bind.Parameters, binary.BigEndian.AppendUint64(nil, uint64(s.set.len())))
		case s.all:
			a.want = int64(s.set.len())
		}
	} else {
		var b pgx.ExtendedQueryBuilder
		if err := b.Build(conn.TypeMap(), sd, s.args); err != nil {
			return a, explain(err, s.text)
		}
		bind.ParameterFormatCodes, bind.Parameters = b.ParamFormats, b.ParamValues
	}
	var err error
	if f.buf, err = bind.Encode(f.buf); err != nil {
		return a, explain(err, s.text)
	}
	f.buf, err = (&pgproto3.Execute{}).Encode(f.buf)
	return a, err
}

// array is a column as PostgreSQL's binary form of an array.
func (c Column) array() []byte {
	n, oid, room := 0, uint32(0), 20
	switch v := c.Values.(type) {
	case []string:
		n, oid = len(v), 25
		for _, x := range v {
			room += 4 + len(x)
		}
	case []*string:
		n, oid = len(v), 25
		room += 32 * n
	case []int64:
		n, oid, room = len(v), 20, room+12*len(v)
	case []bool:
		n, oid, room = len(v), 16, room+5*len(v)
	case [][]byte:
		n, oid = len(v), 17
		for _, x := range v {
			room += 4 + len(x)
		}
	}
	b := make([]byte, 0, room)
	for _, x := range []uint32{1, 1, oid, uint32(n), 1} { // dimensions, perhaps NULLs, type; length, lower bound
		b = binary.BigEndian.AppendUint32(b, x)
	}
	for row := range n {
		b = c.appendBinary(b, row)
	}
	return b
}

// fly sends statements none of which has rows to be read, with BEGIN before them when the transaction hasn't begun, and
// with COMMIT behind them when they are its last.
func (t *Tx) fly(ctx context.Context, conn *pgx.Conn, statements []Statement, last bool) error {
	if t.ended {
		return errOver
	}
	known, ok, err := prepareAll(ctx, conn, statements, last)
	if err != nil {
		return err
	}
	if !ok {
		return errTooMany
	}
	f := flight{buf: make([]byte, 0, room(statements))}
	if !t.begun {
		f.query("BEGIN", asked{want: -1})
	}
	var group part
	for _, s := range statements {
		if s.copied() {
			continue
		}
		a, err := f.run(conn, known[s.flightText(last)], s, last)
		if err != nil {
			return err
		}
		group.asked = append(group.asked, a)
	}
	if len(group.asked) > 0 {
		f.buf, _ = (&pgproto3.Sync{}).Encode(f.buf) // can't fail
		f.parts = append(f.parts, group)
	}
	for _, s := range statements {
		if s.copied() {
			f.copy(s.set)
		}
	}
	if last {
		f.query("COMMIT", asked{want: -1, commit: true})
	}
	t.begun, t.ended = true, last
	return f.send(ctx, conn, last)
}

// errRolledBack is the answer to the COMMIT of a transaction in which something had failed.
var errRolledBack = errors.New("the transaction was rolled back")

// errTooMany says that a connection can't prepare more statements for flights.
var errTooMany = errors.New("too many prepared statements")

func room(statements []Statement) int {
	n := 4096
	for _, s := range statements {
		n += 200 + s.set.room()
	}
	return n
}

// send writes the flight and reads the answers. A connection on which that fails is closed.
func (f *flight) send(ctx context.Context, conn *pgx.Conn, last bool) error {
	pg := conn.PgConn()
	net := pg.Conn()
	stop := context.AfterFunc(ctx, func() { net.SetDeadline(time.Unix(1, 0)) })
	_, err := net.Write(f.buf)
	var failed error
	if err == nil {
		failed, err = f.answers(pg)
	}
	if !stop() || err != nil {
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		conn.Close(gone) // at once: what it would still say is of no use
	}
	switch {
	case failed != nil || err == nil:
		return failed
	case ctx.Err() != nil && !last:
		return ctx.Err()
	case last:
		return fmt.Errorf("commit, outcome unknown: %v", err)
	}
	return err
}

// answers reads what the server says to each part; failed is its first refusal, err that nothing more can be read.
func (f *flight) answers(pg *pgconn.PgConn) (failed, err error) {
	for _, p := range f.parts {
		for at, ready := 0, false; !ready; {
			m, err := pg.ReceiveMessage(context.Background())
			if err != nil {
				return failed, err
			}
			switch m := m.(type) {
			case *pgproto3.ReadyForQuery:
				ready = true
			case *pgproto3.CommandComplete:
				if err := p.asked[at].done(pgconn.NewCommandTag(string(m.CommandTag))); err != nil && failed == nil {
					failed = err
				}
				at++
			case *pgproto3.ErrorResponse:
				if failed == nil {
					failed = p.asked[min(at, len(p.asked)-1)].refused(pgconn.ErrorResponseToPgError(m))
				}
			}
		}
	}
	return failed, nil
}

// done checks the answer of a statement that ran.
func (a asked) done(tag pgconn.CommandTag) error {
	switch {
	case a.commit && tag.String() != "COMMIT":
		return errRolledBack
	case a.want >= 0 && tag.RowsAffected() != a.want:
		return explain(ErrNoRow, a.text)
	}
	return nil
}

func (a asked) refused(err *pgconn.PgError) error {
	switch {
	case a.commit:
		return postgres.commitError(err)
	case err.Code == codeMissed && a.checked:
		return explain(ErrNoRow, a.text)
	}
	return explain(err, a.text)
}
