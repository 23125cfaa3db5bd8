package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
)

// mostStatements is how many compiled statements one connection keeps.
const mostStatements = 400

// openKeeping opens an SQLite database whose connections keep the statements that they have compiled: compiling takes
// as long as running. PostgreSQL's driver does the same by itself.
func openKeeping(dsn string) (*sql.DB, error) {
	plain, err := sql.Open("sqlite", dsn) // for its driver: it connects to nothing before it's used
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeper{dsn, plain.Driver()}), plain.Close()
}

// keeper makes connections.
type keeper struct {
	dsn    string
	driver driver.Driver
}

// Connect opens one.
func (k keeper) Connect(context.Context) (driver.Conn, error) {
	c, err := k.driver.Open(k.dsn)
	if err != nil {
		return nil, err
	}
	return &keeping{inner: c.(inner), free: map[string]*kept{}}, nil
}

// Driver is the one beneath.
func (k keeper) Driver() driver.Driver { return k.driver }

// inner is what SQLite's connections can do.
type inner interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keeping is a connection. It doesn't run texts directly, so that database/sql prepares each, runs it and closes it; a
// closed statement waits here for its text to come again. One that is in use isn't here, so nobody else gets it.
type keeping struct {
	inner
	free map[string]*kept
}

// kept is a compiled statement.
type kept struct {
	compiled
	conn   *keeping
	text   string
	failed bool
}

// keeps tells whether a statement is worth keeping: not what changes tables or settings.
func keeps(text string) bool {
	text = strings.TrimLeft(text, " \t\n")
	word, _, _ := strings.Cut(text, " ")
	switch word {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return !strings.Contains(text, ";")
	}
	return false
}

// ExecContext runs at once what isn't kept, scripts among it.
func (c *keeping) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if keeps(text) {
		return nil, driver.ErrSkip
	}
	return c.inner.ExecContext(ctx, text, args)
}

// PrepareContext takes a statement that waits, or compiles one.
func (c *keeping) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if s := c.free[text]; s != nil {
		delete(c.free, text)
		return s, nil
	}
	s, err := c.inner.PrepareContext(ctx, text)
	if err != nil || !keeps(text) {
		return s, err
	}
	return &kept{compiled: s.(compiled), conn: c, text: text}, nil
}

// Close closes the statements and the connection.
func (c *keeping) Close() error {
	for _, s := range c.free {
		_ = s.compiled.Close() // the connection closes what is left
	}
	c.free = nil
	return c.inner.Close()
}

// ExecContext runs it.
func (s *kept) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	r, err := s.compiled.ExecContext(ctx, args)
	s.failed = s.failed || err != nil
	return r, err
}

// QueryContext runs it.
func (s *kept) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	r, err := s.compiled.QueryContext(ctx, args)
	s.failed = s.failed || err != nil
	return r, err
}

// Close gives it back, unless it failed, or another one of its text waits.
func (s *kept) Close() error {
	c := s.conn
	if s.failed || c.free == nil || c.free[s.text] != nil {
		return s.compiled.Close()
	}
	if len(c.free) >= mostStatements {
		for text, old := range c.free { // any one
			delete(c.free, text)
			_ = old.compiled.Close()
			break
		}
	}
	c.free[s.text] = s
	return nil
}
