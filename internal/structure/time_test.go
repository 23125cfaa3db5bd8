package structure_test

import (
	"go/ast"
	"strings"
	"testing"
)

// timeExceptions are the files besides kit/clock that may read the machine's time, each with its reason.
var timeExceptions = map[string]string{
	"test/":  "browser tests and benchmarks measure how long something really takes",
	"tools/": "tools of the build run on the machine's time",

	"internal/domain/program/deep_test.go":      "holds a hard case to a wall time",
	"internal/domain/rosterfile/stream_test.go": "holds a million rows to a wall time",
	"internal/kit/sheet/stream_test.go":         "holds a large file to a wall time",
	"internal/domain/sla/oracle_test.go":        "draws its seed from it",
	"internal/kit/gather/gather_test.go":        "runs in bubbles whose time is fake",
}

// TestOnlyTheClockReadsTheTime keeps everything else testable and the demo's time travel true.
func TestOnlyTheClockReadsTheTime(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.path, "internal/kit/clock/") || strings.HasSuffix(s.path, "bench_test.go") || excused(s.path, timeExceptions) {
			continue
		}
		eachTimeCall(s, func(name string, n ast.Node) {
			switch {
			case name == "Now" || name == "Since" || name == "Until":
				t.Errorf("%s calls time.%s: take tx.Now, tx.Wall or the clock", s.at(n), name)
			case name == "Sleep" && s.test:
				t.Errorf("%s sleeps: move the fake clock, or wait for what happens", s.at(n))
			}
		})
	}
}

func excused(path string, exceptions map[string]string) bool {
	for prefix := range exceptions {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// eachTimeCall finds uses of functions of package time, also as values.
func eachTimeCall(s source, found func(name string, n ast.Node)) {
	name := importName(s.file, "time")
	if name == "" {
		return
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == name {
			found(sel.Sel.Name, sel)
		}
		return true
	})
}

// importName is the name by which a file knows a package, or "".
func importName(f *ast.File, path string) string {
	for _, i := range f.Imports {
		if strings.Trim(i.Path.Value, `"`) != path {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path[strings.LastIndex(path, "/")+1:]
	}
	return ""
}
