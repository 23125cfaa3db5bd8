package structure_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// owners says which package a table belongs to when it isn't the one that its migration file is named for.
var owners = map[string]string{
	"schema_migration":  "internal/kit/db",
	"audit_entry":       "internal/kit/audit",
	"audit_pending":     "internal/kit/audit",
	"audit_waiting":     "internal/kit/audit",
	"audit_seal":        "internal/kit/audit",
	"event":             "internal/kit/outbox",
	"event_waiting":     "internal/kit/outbox",
	"job":               "internal/kit/jobs",
	"schedule":          "internal/kit/jobs",
	"idempotency":       "internal/edge/api",
	"setting":           "internal/domain/setting",
	"certificate":       "internal/domain/credential",
	"nonce":             "internal/domain/login",
	"realname_case":     "internal/domain/realname",
	"realname_document": "internal/domain/realname",
	"ban":               "internal/domain/qualification",
	"attestation":       "internal/domain/qualification",
	"policy_document":   "internal/domain/duty",
	"policy_receipt":    "internal/domain/duty",
	"spare_request":     "internal/domain/duty",
	"customer_made":     "internal/domain/distribution",
	"batch":             "internal/domain/batch",
	"batch_row":         "internal/domain/batch",
	"quality_report":    "internal/domain/duty",
	"payment":           "internal/domain/payment",
	"payment_notice":    "internal/domain/payment",
	"test_payment":      "internal/domain/payment",
	"confirm_switch":    "internal/domain/confirm",
	"subaccount":        "internal/domain/account",
	"plan_subscription": "internal/domain/subscription",
	"agent_payment":     "internal/domain/order",
	"ticket_words":      "internal/domain/ticket",
	"search_progress":   "internal/domain/ticket",
	"ticket_desk_label": "internal/domain/ticket",
	"tier":              "internal/domain/tier",
	"tier_record":       "internal/domain/tier",
}

// readsAll may name any table, to read.
const readsAll = "internal/domain/report"

// readsAlso may name tables of one other package, to read: lists that are filtered and sorted by what both keep.
var readsAlso = map[string]string{"internal/domain/distribution": "internal/domain/account"}

// tableOwners maps every table to its package.
func tableOwners(t *testing.T) map[string]string {
	t.Helper()
	all, err := db.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range all {
		for table := range declared(m.Text) {
			if out[table] = "internal/domain/" + m.Name; owners[table] != "" {
				out[table] = owners[table]
			}
		}
	}
	return out
}

var (
	statement = regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b`)
	named     = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)`)
)

// TestOnlyTheOwnerNamesATable keeps each table's rules in one package: what others need, they ask for.
func TestOnlyTheOwnerNamesATable(t *testing.T) {
	owner := tableOwners(t)
	for _, p := range tree(t) {
		eachText(p, func(text string, n ast.Node) {
			if !statement.MatchString(text) {
				return
			}
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				of, known := owner[m[1]]
				reads := (short(p.PkgPath) == readsAll || readsAlso[short(p.PkgPath)] == of) && !regexp.MustCompile(`\b(INSERT|UPDATE|DELETE)\b`).MatchString(text)
				if known && of != short(p.PkgPath) && !reads {
					t.Errorf("%s names table %s, which belongs to %s", p.Fset.Position(n.Pos()), m[1], of)
				}
			}
		})
	}
}

// eachText finds the string constants of a package, whole: a concatenation is one text.
func eachText(p *packages.Package, found func(text string, n ast.Node)) {
	for _, f := range p.Syntax {
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			v := p.TypesInfo.Types[e].Value
			if v == nil || v.Kind() != constant.String {
				return true
			}
			found(constant.StringVal(v), n)
			return false
		})
	}
}

// TestOnlyTheDatabasePackageNamesADriver lets another driver be measured by changing one file.
func TestOnlyTheDatabasePackageNamesADriver(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.path, "internal/kit/db/") || strings.HasPrefix(s.path, "internal/kit/dbtest/") ||
			strings.HasPrefix(s.path, "test/bench/minimal/") { // what the bench compares with, which uses none of ours
			continue
		}
		for _, i := range s.file.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			if strings.HasPrefix(path, "modernc.org/sqlite") || strings.HasPrefix(path, "github.com/jackc/pgx") || path == "database/sql/driver" {
				t.Errorf("%s imports %s: only kit/db does", s.path, path)
			}
		}
	}
}

// forbidden words mean something else, or nothing, on one of the databases (codebases 7.3).
var forbidden = regexp.MustCompile(`(?i)::|\bnow\s*\(|\bFOR UPDATE\b|\bSKIP LOCKED\b|\bILIKE\b|\bANY\s*\(|\bDISTINCT ON\b|\bLATERAL\b|` +
	`\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bGREATEST\s*\(|\bLEAST\s*\(|->>|\bjson_each\b|\bAUTOINCREMENT\b|\bRETURNING \*|SELECT \*`)

// onlyPostgres are statements, or their first words, that one database alone understands, each with its reason.
var onlyPostgres = map[string]string{
	`SELECT pg_advisory_xact_lock(4242001)`: "the migration lock: SQLite's write transaction is one already",
	"DO":                                    "a block of code, which can't be prepared: SQLite compares texts by their bytes anyway",
}

// TestEverySQLTextIsPreparedOnBothDatabases finds a wrong column, a type that can't be guessed and a word that
// only one database knows, without a test for each statement.
func TestEverySQLTextIsPreparedOnBothDatabases(t *testing.T) {
	texts, open := collect(t)
	t.Logf("%d constant statements; %d are put together at run time", len(texts), len(open))
	if len(texts) < 20 {
		t.Fatalf("only %d statements found: the search is broken", len(texts))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		for text, where := range texts {
			if _, ok := onlyPostgres[text]; ok && !d.Postgres() {
				continue
			}
			if word, _, _ := strings.Cut(text, " "); onlyPostgres[word] != "" {
				continue
			}
			if w := forbidden.FindString(text); w != "" {
				t.Errorf("%s: %q isn't portable", where, w)
			}
			if strings.HasPrefix(strings.TrimSpace(text), "CREATE") {
				continue // what it makes is there already, or isn't wanted
			}
			if err := d.Prepare(t.Context(), text); err != nil {
				t.Errorf("%s: %v\n%s", where, err, text)
			}
		}
	})
}

// TestPreparingFindsAWrongStatement is the negative control: what the test above relies on.
func TestPreparingFindsAWrongStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		for _, text := range []string{`SELECT wrong FROM job`, `UPDATE jobb SET state = $1`, `SELECT id FROM job WHERE`} {
			if err := d.Prepare(t.Context(), text); err == nil {
				t.Errorf("Prepare(%q) = nil", text)
			}
		}
	})
}

// collect finds the SQL given to the functions of kit/db: constant texts with a place where each stands, and the
// places of those that aren't constant. A list of values (db.In) is put in as one value.
func collect(t *testing.T) (texts map[string]string, open []string) {
	t.Helper()
	texts = map[string]string{}
	for _, p := range tree(t) {
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				arg := sqlArgument(p.TypesInfo, call)
				if arg == nil {
					return true
				}
				where := p.Fset.Position(call.Pos()).String()
				if text, ok := text(p.TypesInfo, arg); ok {
					texts[text] = where
				} else {
					open = append(open, where)
				}
				return true
			})
		}
	}
	return texts, open
}

var runners = []string{"One", "All", "Each", "Exec", "Change"}

// sqlArgument returns the SQL text's expression of a call of db.One and its like.
func sqlArgument(info *types.Info, call *ast.CallExpr) ast.Expr {
	f := typeutil.StaticCallee(info, call)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "hanse/internal/kit/db" || !slices.Contains(runners, f.Name()) {
		return nil
	}
	params := f.Signature().Params()
	for i := range params.Len() {
		if params.At(i).Name() == "text" && i < len(call.Args) {
			return call.Args[i]
		}
	}
	return nil
}

// text evaluates an expression; a variable named in or ins, which db.In made, counts as "($1)".
func text(info *types.Info, e ast.Expr) (string, bool) {
	if v := info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v), true
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		return text(info, x.X)
	case *ast.BinaryExpr:
		a, ok := text(info, x.X)
		b, ok2 := text(info, x.Y)
		return a + b, ok && ok2
	case *ast.Ident:
		if x.Name == "in" {
			return "($1)", true
		}
	}
	return "", false
}

// declared reads the "-- table NAME: CLASS" lines of a migration.
func declared(text string) map[string]string {
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^-- table ([a-z_]+): ([a-z]+)`).FindAllStringSubmatch(text, -1) {
		out[m[1]] = m[2]
	}
	return out
}

// TestTheSearchForTablesFindsThem is the negative control of the ownership test.
func TestTheSearchForTablesFindsThem(t *testing.T) {
	got := fmt.Sprint(named.FindAllStringSubmatch(`UPDATE job SET x = 1 WHERE id IN (SELECT id FROM event e JOIN setting s ON 1 = 1)`, -1))
	for _, table := range []string{"job", "event", "setting"} {
		if !strings.Contains(got, table) {
			t.Errorf("table %s isn't found in %s", table, got)
		}
	}
}
