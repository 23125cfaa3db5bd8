package api_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestWhatABodyEmbedsIsExported keeps bodies whole: the schema doesn't know the fields of an embedded type that isn't
// exported, so that they would be refused as unknown. Tokens aren't described by a schema.
func TestWhatABodyEmbedsIsExported(t *testing.T) {
	set, structs := token.NewFileSet(), map[string]*ast.StructType{}
	var files []*ast.File
	list, err := os.ReadDir(".")
	must(t, err)
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || e.Name() == "token.go" {
			continue
		}
		f, err := parser.ParseFile(set, e.Name(), nil, parser.SkipObjectResolution)
		must(t, err)
		files = append(files, f)
	}
	each := func(look func(n ast.Node) bool) {
		for _, f := range files {
			ast.Inspect(f, look)
		}
	}
	each(func(n ast.Node) bool {
		if x, ok := n.(*ast.TypeSpec); ok {
			if s, ok := x.Type.(*ast.StructType); ok {
				structs[x.Name.Name] = s
			}
		}
		return true
	})
	each(func(n ast.Node) bool {
		s, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range s.Fields.List {
			name, ok := f.Type.(*ast.Ident)
			if len(f.Names) > 0 || !ok || name.IsExported() || structs[name.Name] == nil {
				continue
			}
			for _, inner := range structs[name.Name].Fields.List {
				if inner.Tag != nil && strings.Contains(inner.Tag.Value, `json:"`) {
					t.Errorf("%s embeds %s, whose fields are JSON: export it", set.Position(f.Pos()), name.Name)
					break
				}
			}
		}
		return true
	})
}
