package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Column is one column of a set of rows: its name and the values of all rows, as []string, []int64, []bool,
// [][]byte, or []*string where a value may be NULL.
type Column struct {
	Name   string
	Values any
}

// A Set is many rows of one table, column by column, so that a statement writes or finds all of them at once:
// through arrays on PostgreSQL, row by row with a statement prepared once on SQLite. All columns are equally long.
type Set struct {
	Table   string
	Columns []Column
}

// A Statement is what a Pipeline runs: made by a Set, or by Plain.
type Statement struct {
	set   Set    // of a plain statement: none
	text  string // for PostgreSQL, with the set's columns as arrays; for a plain statement: the portable text
	row   string // for SQLite, one row
	many  string // for SQLite, rowsAtOnce rows; "" = one by one
	args  []any  // of a plain statement
	scan  func(Row) error
	plain bool // an insert without anything else
	all   bool // each row of the set must touch one row of the table
}

// Plain is an ordinary statement that takes part in a pipeline; scan gets its rows, when it has any.
func Plain(scan func(Row) error, text string, args ...any) Statement {
	return Statement{text: text, row: text, args: args, scan: scan}
}

// Insert adds the rows. A suffix such as "ON CONFLICT (…) DO UPDATE …" may follow; it must be portable.
func (s Set) Insert(suffix string) Statement {
	head := "INTO " + s.Table + " (" + strings.Join(s.names(), ", ") + ") "
	// OR FAIL: a statement that fails leaves the rows before it, as its transaction is given up anyway, and SQLite needn't
	// copy each page first.
	return Statement{
		set: s, plain: suffix == "",
		text: "INSERT " + head + "SELECT * FROM " + s.unnest() + " AS s " + strings.TrimSpace("WHERE TRUE "+suffix),
		row:  "INSERT OR FAIL " + head + "VALUES " + tuples(1, len(s.Columns)) + " " + suffix,
		many: "INSERT OR FAIL " + head + "VALUES " + tuples(rowsAtOnce, len(s.Columns)) + " " + suffix,
	}
}

// Returning makes an insert tell columns of the rows that it really wrote.
func (s Statement) Returning(columns string, scan func(Row) error) Statement {
	s.text, s.row, s.many, s.scan = s.text+" RETURNING "+columns, s.row+" RETURNING "+columns, s.many+" RETURNING "+columns, scan
	return s
}

// Update changes the rows that the last columns, keys of them, find; the columns before hold the new values. A row
// that isn't there is ErrNoRow. The name of a key may be an expression of the table's columns.
func (s Set) Update(keys int) Statement { return s.change(keys, "") }

// Add is Update with numbers that are added to the old values.
func (s Set) Add(keys int) Statement { return s.change(keys, " + ") }

func (s Set) change(keys int, plus string) Statement {
	var sets, where, one, found []string
	for i, c := range s.Columns {
		if i >= len(s.Columns)-keys {
			where, found = append(where, c.Name+" = "+given(i)), append(found, c.Name+" = ?")
			continue
		}
		old := ""
		if plus != "" {
			old = c.Name + plus
		}
		sets, one = append(sets, c.Name+" = "+old+given(i)), append(one, c.Name+" = "+old+"?")
	}
	return Statement{
		set: s, all: true,
		text: "UPDATE " + s.Table + " SET " + strings.Join(sets, ", ") + " FROM " + s.given() + " WHERE " + strings.Join(where, " AND "),
		row:  "UPDATE " + s.Table + " SET " + strings.Join(one, ", ") + " WHERE " + strings.Join(found, " AND "),
	}
}

// Find reads the given columns of the rows that the set's columns find, for scan. With lock, the rows are locked
// until the transaction ends, in the order of the set's columns; on SQLite the transaction is alone anyway.
func (s Set) Find(columns []string, lock bool, scan func(Row) error) Statement {
	var on, found, order []string
	for i, c := range s.Columns {
		on, found = append(on, "t."+c.Name+" = "+given(i)), append(found, c.Name+" = ?")
		if order = append(order, "t."+c.Name); isText(c.Values) {
			order[i] += ` COLLATE "C"`
		}
	}
	text := "SELECT t." + strings.Join(columns, ", t.") + " FROM " + s.Table + " AS t JOIN " + s.given() + " ON " + strings.Join(on, " AND ")
	if lock {
		// NO KEY: a row may be referred to meanwhile. Sorted, so that two transactions never wait for each other.
		text += " ORDER BY " + strings.Join(order, ", ") + " FOR NO KEY UPDATE OF t"
	}
	return Statement{
		set: s, scan: scan, text: text,
		row: "SELECT " + strings.Join(columns, ", ") + " FROM " + s.Table + " WHERE " + strings.Join(found, " AND "),
	}
}

// PlanByKeys lets PostgreSQL, for the rest of the transaction, find the rows of sets by their keys and plan each
// statement once: it would plan anew for each length of an array, and read a table whole that was small when it
// planned. SQLite always does so.
func PlanByKeys() Statement {
	return Statement{text: `SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
		set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`}
}

// Pipeline runs statements one after another in the caller's transaction: on PostgreSQL in a single round trip, in
// which nothing follows a statement that failed; many rows that are only added come last there, each set by itself. Sets without rows are left out. Its arguments are not kept.
func Pipeline(ctx context.Context, tx *Tx, statements ...Statement) error {
	return tx.pipeline(ctx, statements, false)
}

// Last is Pipeline for a transaction's last statements: on PostgreSQL its end goes with them. None may have rows to be read,
// and nothing may be asked in the transaction afterwards.
func Last(ctx context.Context, tx *Tx, statements ...Statement) error {
	return tx.pipeline(ctx, statements, true)
}

func (tx *Tx) pipeline(ctx context.Context, statements []Statement, last bool) error {
	statements = slices.DeleteFunc(statements, func(s Statement) bool {
		return s.set.Table != "" && s.set.len() == 0 || s.row == "" && tx.db.dialect == lite
	})
	if len(statements) == 0 {
		return nil
	}
	return tx.db.dialect.pipeline(ctx, tx, statements, last)
}

// arguments are what PostgreSQL gets: the columns as arrays.
func (s Statement) arguments() []any {
	if s.set.Table == "" {
		return s.args
	}
	out := make([]any, len(s.set.Columns))
	for i, c := range s.set.Columns {
		out[i] = c.Values
	}
	return out
}

func (s Set) names() (out []string) {
	for _, c := range s.Columns {
		out = append(out, c.Name)
	}
	return out
}

func (s Set) unnest() string {
	var b strings.Builder
	for i, c := range s.Columns {
		b.WriteString(map[bool]string{true: "unnest(", false: ", "}[i == 0])
		fmt.Fprintf(&b, "CAST($%d AS %s[])", i+1, sqlType(c.Values))
	}
	return b.String() + ")"
}

// given makes the set a table on PostgreSQL. Its columns have names that no table of ours has.
func (s Set) given() string {
	names := make([]string, len(s.Columns))
	for i := range names {
		names[i] = given(i)
	}
	return s.unnest() + " AS given (" + strings.Join(names, ", ") + ")"
}

func given(column int) string { return "given_" + strconv.Itoa(column) }

func isText(values any) bool { return sqlType(values) == "TEXT" }

func sqlType(values any) string {
	switch values.(type) {
	case []string, []*string:
		return "TEXT"
	case []int64:
		return "BIGINT"
	case []bool:
		return "BOOLEAN"
	case [][]byte:
		return "BYTEA"
	}
	panic(fmt.Sprintf("a column of %T: see db.Column", values)) // a mistake in the program that its first run finds
}

// len is the number of rows.
func (s Set) len() int {
	if len(s.Columns) == 0 {
		return 0
	}
	switch v := s.Columns[0].Values.(type) {
	case []string:
		return len(v)
	case []*string:
		return len(v)
	case []int64:
		return len(v)
	case []bool:
		return len(v)
	case [][]byte:
		return len(v)
	}
	return 0
}

// value is one value of the set, as a driver takes it.
func (c Column) value(row int) any {
	switch v := c.Values.(type) {
	case []string:
		return v[row]
	case []*string:
		if v[row] == nil {
			return nil
		}
		return *v[row]
	case []int64:
		return v[row]
	case []bool:
		return v[row]
	case [][]byte:
		return v[row]
	}
	return nil
}
