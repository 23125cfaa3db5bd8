package structure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// A table as PostgreSQL's catalogue shows it.
type table struct {
	name    string
	columns []column
	keys    []key // primary key and unique indexes
	foreign []foreign
	checks  []string // names
	primary []string
}

type column struct{ name, kind, standard string }

type key struct {
	name    string
	columns []string
}

type foreign struct {
	name, to, deleteAct string
	from, toColumns     []string
}

// TestTheSchemaCanBeSpreadOverMachines holds the schema rules: the owner's account first in every large table's
// key, ids made in Go, no trigger, nothing unique across owners but by a registry.
func TestTheSchemaCanBeSpreadOverMachines(t *testing.T) {
	d := postgres(t)
	for _, breach := range lint(t, d, classes(t)) {
		t.Error(breach)
	}
}

// classes are the declarations of all migrations.
func classes(t *testing.T) map[string]string {
	t.Helper()
	all, err := db.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range all {
		for name, class := range declared(m.Text) {
			if out[name] != "" {
				t.Errorf("table %s is declared twice", name)
			}
			out[name] = class
		}
	}
	return out
}

func postgres(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(dbtest.Postgres(t), clock.New())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestTheLinterFindsEachBreach is its negative control: one bad table for each rule.
func TestTheLinterFindsEachBreach(t *testing.T) {
	for _, c := range []struct{ class, text, want string }{
		{"owned", `CREATE TABLE bad (id TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (id))`, "primary key starts with"},
		{"owned", `CREATE TABLE bad (account_id TEXT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL, PRIMARY KEY (account_id, id), CONSTRAINT bad_once UNIQUE (number))`, "without the owner"},
		{"owned", `CREATE TABLE bad (account_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (account_id, id)); CREATE UNIQUE INDEX bad_i ON bad (id)`, "without the owner"},
		{"owned", `CREATE TABLE bad (account_id TEXT NOT NULL, name TEXT)`, "no primary key"},
		{"local", `CREATE TABLE bad (id BIGSERIAL PRIMARY KEY)`, "default nextval"},
		{"local", `CREATE TABLE bad (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY)`, "identity"},
		{"local", `CREATE TABLE bad (id TEXT PRIMARY KEY, at TIMESTAMPTZ)`, "timestamp with time zone"},
		{"registry", `CREATE TABLE bad (id BIGINT PRIMARY KEY, words TSVECTOR)`, "tsvector"},
		{"local", `CREATE TABLE bad (id TEXT PRIMARY KEY, at BIGINT DEFAULT extract(epoch FROM now()))`, "default"},
		{"local", `CREATE TABLE bad (id TEXT PRIMARY KEY, n BIGINT CHECK (n > 0))`, "has no name"},
		{"owned", `CREATE TABLE bad (account_id TEXT NOT NULL, id TEXT NOT NULL REFERENCES job (id), PRIMARY KEY (account_id, id))`, "foreign key"},
		{"owned", `CREATE TABLE good (account_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (account_id, id));
			CREATE TABLE bad (account_id TEXT NOT NULL, id TEXT NOT NULL, other TEXT NOT NULL, gid TEXT NOT NULL, PRIMARY KEY (account_id, id),
			FOREIGN KEY (other, gid) REFERENCES good (account_id, id))`, "foreign key"},
		{"registry", `CREATE TABLE bad (a TEXT NOT NULL, b TEXT NOT NULL, c TEXT NOT NULL, PRIMARY KEY (a, b, c))`, "one value"},
		{"", `CREATE TABLE bad (id TEXT PRIMARY KEY)`, "isn't declared"},
		{"big", `CREATE TABLE bad (id TEXT PRIMARY KEY)`, "unknown class"},
		{"local", `CREATE TABLE bad (id TEXT PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
			CREATE TRIGGER bad_t BEFORE INSERT ON bad FOR EACH ROW EXECUTE FUNCTION f()`, "trigger"},
	} {
		d := postgres(t)
		if err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := db.Exec(t.Context(), tx, c.text); return err }); err != nil {
			t.Fatal(err)
		}
		declared := classes(t)
		declared["good"] = "owned"
		if c.class != "" {
			declared["bad"] = c.class
		}
		found := strings.Join(about(lint(t, d, declared), "bad"), "\n")
		if !strings.Contains(found, c.want) {
			t.Errorf("%s %s\nfound %q, want %q", c.class, c.text, found, c.want)
		}
	}
	declared := classes(t)
	declared["nowhere"] = "owned"
	if got := about(lint(t, postgres(t), declared), "nowhere"); len(got) != 1 {
		t.Errorf("a declared table that doesn't exist: %v", got)
	}
}

func about(breaches []string, name string) (out []string) {
	for _, b := range breaches {
		if strings.HasPrefix(b, "table "+name+" ") || strings.HasPrefix(b, "table "+name+":") {
			out = append(out, b)
		}
	}
	return out
}

// lint reads the catalogue and returns every breach of the schema rules.
func lint(t *testing.T, d *db.DB, class map[string]string) (out []string) {
	t.Helper()
	say := func(name, format string, args ...any) {
		out = append(out, "table "+name+": "+fmt.Sprintf(format, args...))
	}
	tables := catalogue(t, d)
	for name := range class {
		if !slices.ContainsFunc(tables, func(x table) bool { return x.name == name }) {
			say(name, "is declared and doesn't exist")
		}
	}
	for _, x := range tables {
		switch class[x.name] {
		case "":
			say(x.name, "isn't declared: write -- table %s: owned|registry|reference|local", x.name)
		case "owned", "registry", "reference", "local":
		default:
			say(x.name, "unknown class %q", class[x.name])
		}
		for _, b := range append(x.columnBreaches(), x.keyBreaches(class)...) {
			say(x.name, "%s", b)
		}
	}
	for _, name := range names(t, d, `SELECT c.relname || ' ' || g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal`) {
		table, trigger, _ := strings.Cut(name, " ")
		say(table, "has trigger %s", trigger)
	}
	slices.Sort(out)
	return out
}

// words are the columns that hold what full-text search compares: the one place where a column's type differs between the
// databases. On SQLite the table of the same name is FTS5's.
var words = map[string]string{"ticket_words": "words"}

func (x table) columnBreaches() (out []string) {
	for _, c := range x.columns {
		if c.kind == "tsvector" && words[x.name] == c.name {
			continue
		}
		if !slices.Contains([]string{"text", "bigint", "boolean", "bytea"}, c.kind) {
			out = append(out, fmt.Sprintf("column %s is %s: use TEXT, BIGINT, BOOLEAN or BYTEA", c.name, c.kind))
		}
		if strings.Contains(c.standard, "(") {
			out = append(out, fmt.Sprintf("column %s has default %s: values are made in Go", c.name, c.standard))
		}
	}
	for _, name := range x.checks {
		if strings.HasPrefix(name, x.name+"_") && (strings.HasSuffix(name, "_check") || strings.Contains(name, "_check")) {
			out = append(out, fmt.Sprintf("check %s has no name of its own", name))
		}
	}
	return out
}

// owner is the column by which an owned table is distributed.
func owner(name string) string {
	if name == "account" {
		return "id"
	}
	return "account_id"
}

func (x table) keyBreaches(class map[string]string) (out []string) {
	if len(x.primary) == 0 {
		return []string{"no primary key"}
	}
	own := class[x.name] == "owned"
	if own && x.primary[0] != owner(x.name) {
		out = append(out, fmt.Sprintf("its primary key starts with %s, want %s: primary key starts with the owner", x.primary[0], owner(x.name)))
	}
	if class[x.name] == "registry" && len(x.primary) > 2 {
		out = append(out, "the key of a registry is one value, or a kind and a value")
	}
	for _, k := range x.keys {
		if own && !slices.Contains(k.columns, owner(x.name)) {
			out = append(out, fmt.Sprintf("%s is unique without the owner: use a registry table", k.name))
		}
	}
	for _, f := range x.foreign {
		if why := f.breach(x.name, class); why != "" {
			out = append(out, fmt.Sprintf("foreign key %s %s", f.name, why))
		}
	}
	return out
}

func (f foreign) breach(from string, class map[string]string) string {
	if f.deleteAct == "n" || f.deleteAct == "d" {
		return "sets columns on delete: an owner's id can't be emptied"
	}
	if class[f.to] == "reference" {
		return ""
	}
	if class[from] != "owned" || class[f.to] != "owned" {
		return fmt.Sprintf("goes from %s to %s: only owned to owned, or to reference", class[from], class[f.to])
	}
	i := slices.Index(f.from, owner(from))
	if i < 0 || f.toColumns[i] != owner(f.to) {
		return "doesn't carry the owner on both sides"
	}
	return ""
}

func names(t *testing.T, d *db.DB, text string) []string {
	t.Helper()
	out, err := db.All(t.Context(), d.Read(), db.String, text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// catalogue reads all tables of the schema.
func catalogue(t *testing.T, d *db.DB) (out []table) {
	t.Helper()
	for _, name := range names(t, d, `SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname`) {
		out = append(out, table{name: name, columns: columns(t, d, name), checks: checks(t, d, name)})
		x := &out[len(out)-1]
		x.primary, x.keys = keys(t, d, name)
		x.foreign = foreigns(t, d, name)
	}
	return out
}

func columns(t *testing.T, d *db.DB, name string) []column {
	t.Helper()
	out, err := db.All(t.Context(), d.Read(), func(r db.Row) (c column, err error) { return c, r.Scan(&c.name, &c.kind, &c.standard) },
		`SELECT a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attidentity <> '' THEN 'identity()' ELSE coalesce(pg_get_expr(f.adbin, f.adrelid), '') END
		FROM pg_attribute a LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
		WHERE a.attrelid = CAST($1 AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`, name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func checks(t *testing.T, d *db.DB, name string) []string {
	t.Helper()
	out, err := db.All(t.Context(), d.Read(), db.String,
		`SELECT conname FROM pg_constraint WHERE conrelid = CAST($1 AS regclass) AND contype = 'c'`, name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func keys(t *testing.T, d *db.DB, name string) (primary []string, unique []key) {
	t.Helper()
	type index struct {
		name, columns string
		primary       bool
	}
	all, err := db.All(t.Context(), d.Read(), func(r db.Row) (i index, err error) { return i, r.Scan(&i.name, &i.primary, &i.columns) },
		`SELECT c.relname, i.indisprimary, (SELECT coalesce(string_agg(a.attname, ',' ORDER BY k.n), '') FROM unnest(i.indkey) WITH ORDINALITY k(att, n)
			JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = CAST($1 AS regclass) AND i.indisunique`, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.primary {
			primary = strings.Split(i.columns, ",")
		}
		unique = append(unique, key{i.name, strings.Split(i.columns, ",")})
	}
	return primary, unique
}

func foreigns(t *testing.T, d *db.DB, name string) []foreign {
	t.Helper()
	out, err := db.All(t.Context(), d.Read(), func(r db.Row) (f foreign, err error) {
		var from, to string
		err = r.Scan(&f.name, &f.to, &f.deleteAct, &from, &to)
		f.from, f.toColumns = strings.Split(from, ","), strings.Split(to, ",")
		return f, err
	}, `SELECT o.conname, c.relname, CAST(o.confdeltype AS TEXT),
		(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(o.conkey) WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.att),
		(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(o.confkey) WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.att)
		FROM pg_constraint o JOIN pg_class c ON c.oid = o.confrelid WHERE o.conrelid = CAST($1 AS regclass) AND o.contype = 'f'`, name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
