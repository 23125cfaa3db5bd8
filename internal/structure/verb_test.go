package structure_test

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"

	"hanse/internal/kit/actor"
)

// withoutMay are exported methods that take an actor and ask for no permission, each with its reason.
var withoutMay = map[string]string{
	"ledger.Post": "the verb that has something posted has asked: the ledger knows owners by their ids alone",
}

// TestEveryVerbAsksForPermission finds exported methods of services that take an actor and never reach
// actor.May or actor.Can. Functions that join the caller's transaction are the caller's responsibility.
func TestEveryVerbAsksForPermission(t *testing.T) {
	found := 0
	for _, p := range tree(t) {
		if !strings.HasPrefix(short(p.PkgPath), "internal/domain/") && !strings.HasPrefix(short(p.PkgPath), "internal/kit/") {
			continue
		}
		asks := asking(p)
		eachVerb(p, func(f *types.Func, n *ast.FuncDecl) {
			found++
			name := p.Name + "." + f.Name()
			if !asks[f] && withoutMay[name] == "" {
				t.Errorf("%s: %s takes an actor and never asks May", p.Fset.Position(n.Pos()), name)
			}
		})
	}
	if found < 10 {
		t.Errorf("only %d verbs found: the search is broken", found)
	}
}

// eachVerb finds exported methods of exported types with an actor and without a transaction among the parameters.
func eachVerb(p *packages.Package, use func(*types.Func, *ast.FuncDecl)) {
	for _, file := range p.Syntax {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Recv == nil || !fd.Name.IsExported() || p.Name == "actor" {
				continue
			}
			f, ok := p.TypesInfo.Defs[fd.Name].(*types.Func)
			if ok && strings.HasSuffix(f.Signature().Recv().Type().String(), ".Service") && takes(f, "kit/actor.Actor") && !takes(f, "kit/db.Tx") {
				use(f, fd)
			}
		}
	}
}

func takes(f *types.Func, kind string) bool {
	params := f.Signature().Params()
	for i := range params.Len() {
		if strings.HasSuffix(params.At(i).Type().String(), kind) {
			return true
		}
	}
	return false
}

// asking returns the package's functions that reach May, directly or by others of the package.
func asking(p *packages.Package) map[*types.Func]bool {
	calls := map[*types.Func][]*types.Func{}
	asks := map[*types.Func]bool{}
	for _, file := range p.Syntax {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			f, _ := p.TypesInfo.Defs[fd.Name].(*types.Func)
			ast.Inspect(fd.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				to := typeutil.StaticCallee(p.TypesInfo, call)
				if to == nil {
					return true
				}
				if to.Pkg() != nil && strings.HasSuffix(to.Pkg().Path(), "kit/actor") && (to.Name() == "May" || to.Name() == "Can") {
					asks[f] = true
				}
				calls[f] = append(calls[f], to.Origin())
				return true
			})
		}
	}
	for changed := true; changed; {
		changed = false
		for f, all := range calls {
			for _, to := range all {
				if asks[to] && !asks[f] {
					asks[f], changed = true, true
				}
			}
		}
	}
	return asks
}

// TestEveryVerbHasARowAndIsUsed keeps the permission table and the code the same.
func TestEveryVerbHasARowAndIsUsed(t *testing.T) {
	row := map[string]bool{}
	for _, p := range actor.Permissions() {
		if row[string(p.Verb)] {
			t.Errorf("verb %s has two rows", p.Verb)
		}
		row[string(p.Verb)] = true
	}
	all, used := map[string]string{}, map[string]bool{}
	for _, p := range tree(t) {
		for _, def := range p.TypesInfo.Defs {
			if v, ok := verb(def); ok && short(p.PkgPath) == "internal/kit/actor" {
				all[v] = def.Name()
			}
		}
		for _, use := range p.TypesInfo.Uses {
			if v, ok := verb(use); ok && short(p.PkgPath) != "internal/kit/actor" {
				used[v] = true
			}
		}
	}
	for v, name := range all {
		if !row[v] {
			t.Errorf("actor.%s has no row in the permission table: nobody may do it", name)
		}
		if !used[v] {
			t.Errorf("actor.%s is never asked for: remove it", name)
		}
	}
}

// verb returns the value of a constant of type actor.Verb.
func verb(o types.Object) (string, bool) {
	c, ok := o.(*types.Const)
	if !ok || !strings.HasSuffix(c.Type().String(), "kit/actor.Verb") || c.Val().Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Val()), true
}
