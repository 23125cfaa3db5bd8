package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// rowsAtOnce is how many rows one statement inserts on SQLite: what binding and stepping cost beside the rows gets
// no smaller above.
const rowsAtOnce = 16

func (d dialect) pipeline(ctx context.Context, tx *Tx, statements []Statement, last bool) error {
	if d == lite {
		return tx.conn.Raw(func(c any) error { return tx.db.prepared.run(c.(driver.ConnPrepareContext), statements) })
	}
	return tx.conn.Raw(func(c any) error {
		conn := c.(*stdlib.Conn).Conn()
		if !slices.ContainsFunc(statements, Statement.tells) {
			err := tx.fly(ctx, conn, statements, last)
			if !errors.Is(err, errTooMany) {
				return err
			}
		}
		if !tx.begun {
			if _, err := conn.Exec(ctx, "BEGIN"); err != nil {
				return err
			}
			tx.begun = true
		}
		rows := slices.DeleteFunc(slices.Clone(statements), func(s Statement) bool { return !s.copied() })
		if err := sendBatch(ctx, conn, slices.DeleteFunc(slices.Clone(statements), Statement.copied)); err != nil || len(rows) == 0 {
			return err
		}
		return tx.fly(ctx, conn, rows, false)
	})
}

// tells says whether a statement has rows that somebody wants to read.
func (s Statement) tells() bool { return s.scan != nil }

func sendBatch(ctx context.Context, conn *pgx.Conn, statements []Statement) error {
	if len(statements) == 0 {
		return nil
	}
	var batch pgx.Batch
	for _, s := range statements {
		batch.Queue(s.text, s.arguments()...)
	}
	results := conn.SendBatch(ctx, &batch)
	err := readResults(results, statements)
	return errors.Join(err, results.Close())
}

func readResults(results pgx.BatchResults, statements []Statement) error {
	for _, s := range statements {
		if s.scan == nil {
			tag, err := results.Exec()
			if err == nil && s.all && int(tag.RowsAffected()) != s.set.len() {
				err = ErrNoRow
			}
			if err != nil {
				return explain(err, s.text)
			}
			continue
		}
		rows, err := results.Query()
		if err != nil {
			return explain(err, s.text)
		}
		for rows.Next() {
			if err := s.scan(rows); err != nil {
				rows.Close()
				return explain(err, s.text)
			}
		}
		if err := rows.Err(); err != nil {
			return explain(err, s.text)
		}
	}
	return nil
}

// prepared keeps the statements that SQLite's one writing connection has compiled: compiling takes longer than
// running. It goes round database/sql, which would allocate dozens of times for each row.
type prepared struct {
	mu    sync.Mutex
	conn  driver.ConnPrepareContext
	texts map[string]compiled
}

// compiled is what SQLite's driver gives for a text.
type compiled interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// run runs statements on the connection. There's no context: SQLite's driver would start a goroutine for each row
// to watch it, and one row takes microseconds.
func (p *prepared) run(conn driver.ConnPrepareContext, statements []Statement) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != conn {
		p.conn, p.texts = conn, map[string]compiled{} // the old connection took its statements with it
	}
	var args []driver.NamedValue
	for _, s := range statements {
		if err := p.one(s, &args); err != nil {
			return explain(err, s.row)
		}
	}
	return nil
}

func (p *prepared) one(s Statement, args *[]driver.NamedValue) error {
	if s.set.Table == "" {
		*args = (*args)[:0]
		for i, a := range s.args {
			v, err := driver.DefaultParameterConverter.ConvertValue(a)
			if err != nil {
				return err
			}
			*args = append(*args, driver.NamedValue{Ordinal: i + 1, Value: v})
		}
		return p.step(s, s.row, *args, 0)
	}
	n := s.set.len()
	for row := 0; row < n; {
		text, take := s.row, 1
		if s.many != "" && n-row >= rowsAtOnce {
			text, take = s.many, rowsAtOnce
		}
		*args = (*args)[:0]
		for i := range take {
			for _, c := range s.set.Columns {
				*args = append(*args, driver.NamedValue{Ordinal: len(*args) + 1, Value: c.value(row + i)})
			}
		}
		if err := p.step(s, text, *args, take); err != nil {
			return err
		}
		row += take
	}
	return nil
}

func (p *prepared) step(s Statement, text string, args []driver.NamedValue, rows int) error {
	st, err := p.compile(text)
	if err != nil {
		return err
	}
	if s.scan != nil {
		return query(st, args, s.scan)
	}
	res, err := st.ExecContext(context.Background(), args)
	if err != nil || !s.all {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || int(n) != rows {
		return errors.Join(err, ErrNoRow)
	}
	return nil
}

func (p *prepared) compile(text string) (compiled, error) {
	if st, ok := p.texts[text]; ok {
		return st, nil
	}
	st, err := p.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	c, ok := st.(compiled)
	if !ok {
		return nil, fmt.Errorf("the driver gives %T for a statement, which can't be run directly", st)
	}
	p.texts[text] = c
	return c, nil
}

func query(st compiled, args []driver.NamedValue, scan func(Row) error) (err error) {
	rows, err := st.QueryContext(context.Background(), args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values := make(rawRow, len(rows.Columns()))
	for {
		switch err := rows.Next(values); err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
		if err := scan(values); err != nil {
			return err
		}
	}
}

// rawRow is a row as the driver gives it.
type rawRow []driver.Value

// Scan copies the values; it knows the types that our tables have.
func (r rawRow) Scan(dest ...any) error {
	if len(dest) != len(r) {
		return fmt.Errorf("%d columns scanned into %d variables", len(r), len(dest))
	}
	for i, d := range dest {
		if err := assign(d, r[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func assign(dest any, v driver.Value) error {
	switch d := dest.(type) {
	case sql.Scanner:
		return d.Scan(v)
	case *int64:
		if n, ok := v.(int64); ok {
			*d = n
			return nil
		}
	case *string:
		if s, ok := v.(string); ok {
			*d = s
			return nil
		}
	case *bool:
		switch b := v.(type) {
		case bool:
			*d = b
			return nil
		case int64:
			*d = b != 0
			return nil
		}
	case *[]byte:
		if b, ok := v.([]byte); ok || v == nil {
			*d = append((*d)[:0:0], b...)
			return nil
		}
	}
	return fmt.Errorf("%T doesn't fit into %T", v, dest)
}

// unprepare closes the statements before their connection is closed.
func (d *DB) unprepare() {
	p := &d.prepared
	p.mu.Lock()
	none := len(p.texts) == 0
	p.mu.Unlock()
	if none {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return // somebody still writes: the statements end with the process
	}
	defer conn.Close()
	conn.Raw(func(c any) error { // gives no other error than this function's
		p.drop(c)
		return nil
	})
}

// drop closes the statements of a connection that is going to be closed: with them, SQLite would keep it open.
func (p *prepared) drop(conn any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if conn != p.conn {
		return
	}
	for _, st := range p.texts {
		st.Close() // what can't be closed ends with the connection
	}
	p.conn, p.texts = nil, nil
}
