package structure_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/fault"
)

// TestEveryVerbWithEveryRoleAndAStrangersData calls each exported verb of each module once for every role, with
// the ids of another company wherever an id can be given. Who has no role for it is refused as such, whatever
// else is wrong; who has one still gets nothing of a stranger's, and leaves no trace in a stranger's account.
func TestEveryVerbWithEveryRoleAndAStrangersData(t *testing.T) {
	a := apptest.New(t)
	w := people(t, a)
	asks := verbsOfMethods(t)
	tried := 0
	for module, s := range services(a) {
		v := reflect.ValueOf(s)
		for i := range v.NumMethod() {
			name := module + "." + v.Type().Method(i).Name
			m := v.Method(i)
			verbs, known := asks[name]
			if !known || !takesActor(m.Type()) {
				continue
			}
			for _, by := range w.actors {
				tried++
				w.try(t, name, m, by, verbs)
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d calls were tried: the search is broken", tried)
	}
	t.Logf("%d calls tried", tried)
	if n := w.traces(t, a); n != w.before {
		t.Errorf("the stranger's account has %d audit entries, %d before: somebody changed something there", n, w.before)
	}
}

func services(a *apptest.App) map[string]any {
	return map[string]any{"setting": a.Setting, "login": a.Login, "account": a.Account, "credential": a.Credential, "roster": a.Roster,
		"qualification": a.Qualification, "notify": a.Notify, "audit": a.Audit, "jobs": a.Jobs}
}

// unscoped are verbs that may succeed with a stranger's id, each with its reason.
var unscoped = map[string]string{
	"login.SignOut":              "whoever has no session is signed out already",
	"login.CreateKey":            "makes a key of the actor's own; the fields are for the program itself",
	"account.ResendConfirmation": "answers the same for every registration",
}

// A world is one actor for every role, and the company whose ids they try.
type world struct {
	actors   []actor.Actor
	stranger string
	before   int
}

func people(t *testing.T, a *apptest.App) *world {
	t.Helper()
	cli := actor.Program("test")
	company := func(k actor.Kind, name string) string {
		in := account.NewAccount{Kind: k, Name: name, Country: "DE", Contact: "Ada", Email: "ada@" + strings.ToLower(name) + ".example", Phone: "+49 40 123456"}
		if k == actor.Partner {
			in.Market, in.Channel = account.Overseas, []account.Channel{account.SolutionProvider}
		}
		c, err := a.Account.CreateAccount(t.Context(), cli, in)
		if err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	w := &world{}
	for _, k := range []actor.Kind{actor.Vendor, actor.Partner, actor.Customer} {
		own := company(k, "Own"+string(k))
		for _, r := range actor.RolesOf(k) {
			u, err := a.Account.CreateUser(t.Context(), cli, account.NewUser{Account: own, Email: string(r) + "@own.example", Name: "Test",
				Password: "copper lantern seven rivers", Lang: "en", Roles: []actor.Role{r}})
			if err != nil {
				t.Fatal(err)
			}
			w.actors = append(w.actors, actor.Actor{Account: own, Kind: k, User: u.ID, Name: u.Name, Identity: u.Identity, Roles: u.Roles,
				Via: "session", Lang: "en", IP: "192.0.2.1", Request: "req_1"})
		}
	}
	w.actors = append(w.actors, person(t, a), actor.Nobody("192.0.2.1", "req_1", "en"))
	w.stranger = company(actor.Partner, "Stranger")
	w.before = w.traces(t, a)
	return w
}

func person(t *testing.T, a *apptest.App) actor.Actor {
	t.Helper()
	const email = "engineer@own.example"
	p, err := a.Account.CreatePerson(t.Context(), actor.Program("test"), account.NewPerson{Name: "Engineer", Email: email, Password: "copper lantern seven rivers", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	identity, _, err := login.IdentityOfEmail(t.Context(), a.DB.Read(), email)
	if err != nil {
		t.Fatal(err)
	}
	return actor.Actor{Account: p, Kind: actor.Person, User: p, Name: "Engineer", Identity: identity, Person: p, Via: "session", Lang: "en",
		IP: "192.0.2.1", Request: "req_1"}
}

func (w *world) traces(t *testing.T, a *apptest.App) int {
	t.Helper()
	all, err := a.Audit.List(t.Context(), actor.Actor{Kind: actor.Vendor, Identity: "i", Roles: []actor.Role{actor.Auditor}}, audit.Filter{About: w.stranger, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// try makes one call. The vendor's staff see every partner, so that only their roles count.
func (w *world) try(t *testing.T, name string, m reflect.Value, by actor.Actor, verbs []actor.Verb) {
	t.Helper()
	who := fmt.Sprintf("%s %v", by.Kind, by.Roles)
	may := slices.ContainsFunc(verbs, by.Can)
	if may && by.Kind == actor.Vendor {
		return // what they do there is their work, and the modules' tests look at it
	}
	text, got, err := w.call(t, m, by)
	kind := fault.KindOf(err)
	switch {
	case err == nil && unscoped[name] != "":
	case !may && kind != fault.KindDenied && kind != fault.KindUnauthenticated && kind != fault.KindNotFound:
		t.Errorf("%s by %s, who has no role for %v: %v, want denied", name, who, verbs, err)
	case may && text && err == nil && got:
		t.Errorf("%s by %s with a stranger's id succeeded", name, who)
	case may && err != nil && kind == "":
		t.Errorf("%s by %s: internal error %v, want a refusal", name, who, err)
	}
}

// call fills the parameters: the stranger's id for texts, and for the fields of inputs that name an account or a
// thing; zero for the rest. text tells whether there was any text, got whether the answer holds something: these
// actors have nothing of their own, so it would be somebody else's. A verb that answers nothing has changed
// something.
func (w *world) call(t *testing.T, m reflect.Value, by actor.Actor) (text, got bool, err error) {
	t.Helper()
	var args []reflect.Value
	for i := range m.Type().NumIn() {
		p := m.Type().In(i)
		if m.Type().IsVariadic() && i == m.Type().NumIn()-1 {
			break
		}
		arg, isText := w.argument(t, p, by)
		args, text = append(args, arg), text || isText
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	out := m.Call(args)
	err, _ = out[len(out)-1].Interface().(error)
	got = len(out) == 1 || slices.ContainsFunc(out[:len(out)-1], func(v reflect.Value) bool {
		return !v.IsZero() && (v.Kind() != reflect.Slice && v.Kind() != reflect.Map || v.Len() > 0)
	})
	return text, got, err
}

func (w *world) argument(t *testing.T, p reflect.Type, by actor.Actor) (v reflect.Value, text bool) {
	v = reflect.New(p).Elem()
	switch {
	case p == reflect.TypeFor[context.Context]():
		return reflect.ValueOf(t.Context()), false
	case p == reflect.TypeFor[actor.Actor]():
		return reflect.ValueOf(by), false
	case p == reflect.TypeFor[io.Reader]():
		return reflect.ValueOf(io.Reader(strings.NewReader("x"))), false
	case p == reflect.TypeFor[io.Writer]():
		return reflect.ValueOf(io.Discard), false
	case p.Kind() == reflect.String:
		v.SetString(w.stranger)
		return v, true
	case p.Kind() == reflect.Struct:
		for i := range p.NumField() {
			if f := p.Field(i); f.IsExported() && f.Type.Kind() == reflect.String && slices.Contains([]string{"Account", "Partner", "ID", "User"}, f.Name) {
				v.Field(i).SetString(w.stranger)
				text = text || f.Name == "Account" || f.Name == "Partner"
			}
		}
	}
	return v, text
}

func takesActor(m reflect.Type) bool {
	for i := range m.NumIn() {
		if m.In(i) == reflect.TypeFor[actor.Actor]() {
			return m.NumOut() > 0 && m.Out(m.NumOut()-1) == reflect.TypeFor[error]()
		}
	}
	return false
}

// verbsOfMethods reads from the source which verbs each method of a service asks for, by itself or by functions
// of its package.
func verbsOfMethods(t *testing.T) map[string][]actor.Verb {
	t.Helper()
	out := map[string][]actor.Verb{}
	for _, p := range tree(t) {
		if !strings.HasPrefix(short(p.PkgPath), "internal/domain/") && !strings.HasPrefix(short(p.PkgPath), "internal/kit/") {
			continue
		}
		bodies := functionBodies(p)
		eachVerb(p, func(f *types.Func, _ *ast.FuncDecl) {
			found := map[actor.Verb]bool{}
			asked(p, bodies, f, found, map[*types.Func]bool{})
			for v := range found {
				out[p.Name+"."+f.Name()] = append(out[p.Name+"."+f.Name()], v)
			}
		})
	}
	return out
}

func functionBodies(p *packages.Package) map[*types.Func]*ast.BlockStmt {
	out := map[*types.Func]*ast.BlockStmt{}
	for _, file := range p.Syntax {
		for _, d := range file.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
				if f, ok := p.TypesInfo.Defs[fd.Name].(*types.Func); ok {
					out[f] = fd.Body
				}
			}
		}
	}
	return out
}

// asked collects the verbs in a body; only when there's none it looks into the functions that the body calls.
func asked(p *packages.Package, bodies map[*types.Func]*ast.BlockStmt, f *types.Func, found map[actor.Verb]bool, seen map[*types.Func]bool) {
	if seen[f] || bodies[f] == nil {
		return
	}
	seen[f] = true
	var calls []*types.Func
	own := false
	ast.Inspect(bodies[f], func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Ident:
			if v, ok := verb(p.TypesInfo.Uses[x]); ok {
				found[actor.Verb(v)], own = true, true
			}
		case *ast.CallExpr:
			if to := typeutil.StaticCallee(p.TypesInfo, x); to != nil {
				calls = append(calls, to.Origin())
			}
		}
		return true
	})
	for _, to := range calls {
		if own {
			return
		}
		asked(p, bodies, to, found, seen)
		own = len(found) > 0
	}
}
