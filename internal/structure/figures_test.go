package structure_test

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// The hard limits. The others are printed: a breach of those needs a reason in review.
const (
	longestFunction = 100 // lines
	longestFile     = 600 // lines
)

// longFunctions may be longer: they are tables, each with its reason.
var longFunctions = map[string]string{}

// TestHouseNumbers prints the figures of the tree and fails on the hard limits: function and file length, a
// package without a comment, an exported name without one. Run it with -v to read the figures.
func TestHouseNumbers(t *testing.T) {
	var functions, files []int
	var code, comments, tests int
	perPackage := map[string]*struct{ code, comments int }{}
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		if s.test {
			tests += s.lines
			continue
		}
		c, m := count(s)
		code, comments = code+c, comments+m
		dir := path.Dir(s.path)
		if perPackage[dir] == nil {
			perPackage[dir] = &struct{ code, comments int }{}
		}
		perPackage[dir].code += c
		perPackage[dir].comments += m
		files = append(files, s.lines)
		if s.lines > longestFile {
			t.Errorf("%s has %d lines, at most %d", s.path, s.lines, longestFile)
		}
		functions = append(functions, functionLengths(t, s)...)
	}
	t.Logf("functions %d: %s; files %d: %s", len(functions), spread(functions, 60), len(files), spread(files, 400))
	t.Logf("comment lines per code line %.2f; test lines per code line %.2f", ratio(comments, code), ratio(tests, code))
	for dir, n := range perPackage {
		if r := ratio(n.comments, n.code); n.code > 100 && (r < 0.15 || r > 0.40) {
			t.Logf("%s: comment ratio %.2f (aim 0.20 to 0.30)", dir, r)
		}
	}
}

func ratio(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

// spread is median, 90th percentile, longest, and the share above a limit.
func spread(n []int, limit int) string {
	if len(n) == 0 {
		return "none"
	}
	slices.Sort(n)
	above := len(n) - slices.IndexFunc(append(slices.Clone(n), 1<<30), func(x int) bool { return x > limit })
	return fmt.Sprintf("median %d, 90%% %d, longest %d, %.1f%% above %d", n[len(n)/2], n[len(n)*9/10], n[len(n)-1],
		100*ratio(above, len(n)), limit)
}

// count returns the lines with code and those with comments.
func count(s source) (code, comments int) {
	commented := map[int]bool{}
	for _, g := range s.file.Comments {
		for l := s.fset.Position(g.Pos()).Line; l <= s.fset.Position(g.End()).Line; l++ {
			commented[l] = true
		}
	}
	coded := map[int]bool{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		}
		coded[s.fset.Position(n.Pos()).Line] = true
		coded[s.fset.Position(n.End()).Line] = true
		return true
	})
	for l := range commented {
		if !coded[l] {
			comments++
		}
	}
	return len(coded), comments
}

func functionLengths(t *testing.T, s source) (out []int) {
	t.Helper()
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
		out = append(out, n)
		if name := s.path + " " + f.Name.Name; n > longestFunction && longFunctions[name] == "" {
			t.Errorf("%s: %s has %d lines, at most %d", s.at(f), f.Name.Name, n, longestFunction)
		}
	}
	return out
}

// TestEverythingExportedIsExplained finds packages and exported names without a comment.
func TestEverythingExportedIsExplained(t *testing.T) {
	explained, folders := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		dir := path.Dir(s.path)
		folders[dir] = true
		if s.file.Doc.Text() != "" {
			explained[dir] = true
		}
		if s.generated {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range unexplained(d) {
				t.Errorf("%s: %s has no comment", s.at(d), name)
			}
		}
	}
	for dir := range folders {
		if !explained[dir] {
			t.Errorf("package %s has no comment", dir)
		}
	}
}

// unexplained returns the exported names of a declaration that no comment stands above. Methods by which a type
// keeps an interface of the standard library need none.
func unexplained(d ast.Decl) (out []string) {
	switch x := d.(type) {
	case *ast.FuncDecl:
		if x.Name.IsExported() && x.Doc.Text() == "" && !(x.Recv != nil && (!ast.IsExported(receiver(x)) || customary(x.Name.Name))) {
			out = append(out, x.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range x.Specs {
			switch y := spec.(type) {
			case *ast.TypeSpec:
				if y.Name.IsExported() && x.Doc.Text() == "" && y.Doc.Text() == "" {
					out = append(out, y.Name.Name)
				}
			case *ast.ValueSpec:
				for _, name := range y.Names {
					if name.IsExported() && x.Doc.Text() == "" && y.Doc.Text() == "" && y.Comment.Text() == "" && !mentioned(x, name.Name) {
						out = append(out, name.Name)
					}
				}
			}
		}
	}
	return out
}

// mentioned tells whether a neighbour's comment in the same group speaks of the name: "X and Y are …".
func mentioned(d *ast.GenDecl, name string) bool {
	return slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
		v, ok := s.(*ast.ValueSpec)
		return ok && slices.Contains(strings.Fields(v.Doc.Text()), name)
	})
}

func receiver(f *ast.FuncDecl) string {
	e := f.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

func customary(name string) bool {
	return slices.Contains(strings.Fields("Error Unwrap Is String MarshalJSON UnmarshalJSON MarshalText UnmarshalText Event"), name)
}
