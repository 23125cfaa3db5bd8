package structure_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// root is the module's folder, seen from this package.
const root = "../.."

// tree is the whole module, type-checked, without tests. A package that doesn't compile fails the test and is
// left out.
func tree(t *testing.T) []*packages.Package {
	t.Helper()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	var good []*packages.Package
	for _, p := range all {
		if len(p.Errors) > 0 {
			t.Errorf("%s doesn't compile: %v", p.PkgPath, p.Errors[0])
			continue
		}
		good = append(good, p)
	}
	return good
}

var loaded = sync.OnceValues(func() ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Dir: root,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedModule,
	}, "./...")
})

// short is a package's path without the module.
func short(path string) string { return strings.TrimPrefix(path, "hanse/") }

// A source is one parsed Go file, tests included.
type source struct {
	path      string // from the module's root, with slashes
	file      *ast.File
	fset      *token.FileSet
	test      bool
	generated bool
	lines     int
}

func (s source) at(n ast.Node) string { return s.fset.Position(n.Pos()).String() }

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var parsed = sync.OnceValues(func() (out []source, err error) {
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := e.Name(); e.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
			return filepath.SkipDir
		}
		if e.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		out = append(out, source{path: filepath.ToSlash(rel), file: f, fset: fset, test: strings.HasSuffix(path, "_test.go"),
			generated: ast.IsGenerated(f), lines: fset.File(f.Pos()).LineCount()})
		return err
	})
	return out, err
})
