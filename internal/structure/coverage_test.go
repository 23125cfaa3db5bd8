package structure_test

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"hanse/internal/kit/config"
)

// The guides name tests, functions, program lines, addresses, settings and figures. A name that no longer exists
// would send a reader nowhere.
var guides = []string{"coverage.md", "operator.md", "vendor.md", "partner.md", "zh-Hans/operator.md", "zh-Hans/vendor.md", "zh-Hans/partner.md",
	"guide-support-plan.md", "zh-Hans/guide-support-plan.md"}

var (
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	goName   = regexp.MustCompile(`^((?:domain|edge|kit|app|test|cmd|structure)(?:/[a-z0-9]+)*)\.(\w+)(?:\.(\w+))?$`)
	lineName = regexp.MustCompile(`^([a-z][a-z0-9-]*@\w+)#([\w-]+)$`)
	caseName = regexp.MustCompile(`^([a-z][a-z0-9-]*@\w+): (.+)$`)
	setName  = regexp.MustCompile(`^setting ([a-z_.]+)$`)
	address  = regexp.MustCompile(`^(?:GET |POST )?(/[^\s?]*)(?:\?\S*)?$`)
	flagName = regexp.MustCompile(`^--([a-z][a-z-]*)`)
	figure   = regexp.MustCompile(`^hanse_(\w+?)(?:\{.*\})?$`)
	// Folders of the machine that examples name; everything else that begins with a slash is an address.
	machine = regexp.MustCompile(`^/(etc|var|usr|backup|srv|tmp)(/|$)`)
)

func TestEveryNameInTheGuidesExists(t *testing.T) {
	k := newKnown(t)
	for _, name := range guides {
		b, err := os.ReadFile(filepath.Join(root, "docs", name))
		if err != nil {
			t.Errorf("a guide is missing: %v", err)
			continue
		}
		for n, text := range strings.Split(string(b), "\n") {
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				if why := k.unknown(m[1]); why != "" {
					t.Errorf("docs/%s:%d: `%s`: %s", name, n+1, m[1], why)
				}
			}
		}
	}
}

var picture = regexp.MustCompile(`\]\(([^)\s]+\.(?:png|webp))\)`)

func TestPicturesOfTheGuidesExist(t *testing.T) {
	for _, name := range guides {
		file := filepath.Join(root, "docs", name)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("a guide is missing: %v", err)
		}
		for _, m := range picture.FindAllStringSubmatch(string(b), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("docs/%s shows a picture that isn't there: %v", name, err)
			}
		}
	}
}

func TestEveryShippedLineIsCovered(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "docs", "coverage.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"h3c-star@old", "path-service@2025", "path-learning@2025", "path-distributor@2025"} {
		for id := range programKeys(t, ref) {
			if strings.HasPrefix(id, "line:") && !strings.Contains(string(b), "`"+ref+"#"+strings.TrimPrefix(id, "line:")+"`") {
				t.Errorf("docs/coverage.md doesn't say which rule %s of %s implements", id, ref)
			}
		}
	}
}

func TestTheOperatorsGuideHasEverySetting(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "docs", "operator.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range (&config.Config{}).Values() {
		if !strings.Contains(string(b), "`--"+v.Name+"`") || !strings.Contains(string(b), "`"+v.Env+"`") {
			t.Errorf("docs/operator.md lacks --%s or %s", v.Name, v.Env)
		}
	}
}

// known is what guides may name.
type known struct {
	t       *testing.T
	names   map[string]bool // "domain/program.TestX", "domain/qualification.Service.Submit"
	paths   map[string]bool // of the portal and the API
	flags   map[string]bool
	figures string            // the source that declares them
	sets    string            // the source that declares settings
	consts  map[string]string // "internal/edge/portal/duty.own": texts that addresses are made of
}

func newKnown(t *testing.T) *known {
	k := &known{t: t, names: map[string]bool{}, paths: map[string]bool{}, flags: map[string]bool{"config": true, "help": true}}
	for _, v := range (&config.Config{}).Values() {
		k.flags[v.Name] = true
	}
	k.consts = constants(t)
	for _, s := range sources(t) {
		dir := strings.TrimPrefix(path.Dir(s.path), "internal/")
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				name := f.Name.Name
				if f.Recv != nil {
					name = receiver(f) + "." + name
				}
				k.names[dir+"."+name] = true
			}
		}
		if !s.test {
			k.literals(s)
		}
	}
	b, err := os.ReadFile(filepath.Join(root, "internal/app/metrics.go"))
	if err != nil {
		t.Fatal(err)
	}
	k.figures = string(b)
	if b, err = os.ReadFile(filepath.Join(root, "internal/domain/setting/table.go")); err != nil {
		t.Fatal(err)
	}
	k.sets = string(b)
	return k
}

var (
	route   = regexp.MustCompile(`^(?:GET |POST |PUT |PATCH |DELETE )?(/\S*)$`)
	flagTag = regexp.MustCompile(`name:"([a-z-]+)"`)
)

// literals collects addresses and flags from the texts in a file.
func (k *known) literals(s source) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BasicLit, *ast.BinaryExpr:
			if m := route.FindStringSubmatch(k.text(path.Dir(s.path), x.(ast.Expr))); m != nil &&
				(strings.HasPrefix(s.path, "internal/edge/") || strings.HasPrefix(s.path, "internal/app/")) {
				k.paths[m[1]] = true
			}
		case *ast.Field:
			if strings.HasPrefix(s.path, "cmd/") || strings.HasPrefix(s.path, "internal/app/programcmd/") {
				k.flagOf(x)
			}
		}
		return true
	})
}

// constants are the texts with a name, by folder and name.
func constants(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i, x := range v.Values {
					if b, ok := x.(*ast.BasicLit); ok && b.Kind == token.STRING {
						out[path.Dir(s.path)+"."+v.Names[i].Name], _ = strconv.Unquote(b.Value)
					}
				}
			}
			return true
		})
	}
	return out
}

// text is a text made of literals and constants of a folder; "" when something else takes part.
func (k *known) text(dir string, x ast.Expr) string {
	switch x := x.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(x.Value); err == nil && x.Kind == token.STRING {
			return s
		}
	case *ast.Ident:
		return k.consts[dir+"."+x.Name]
	case *ast.BinaryExpr:
		a, b := k.text(dir, x.X), k.text(dir, x.Y)
		if a != "" && b != "" && x.Op == token.ADD {
			return a + b
		}
	}
	return ""
}

// flagOf is a field of a command, under its own name or the one in its tag.
func (k *known) flagOf(f *ast.Field) {
	for _, n := range f.Names {
		var b strings.Builder
		for i, r := range n.Name {
			if r >= 'A' && r <= 'Z' && i > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
		}
		k.flags[strings.ToLower(b.String())] = true
	}
	if f.Tag != nil {
		if m := flagTag.FindStringSubmatch(f.Tag.Value); m != nil {
			k.flags[m[1]] = true
		}
	}
}

// unknown says why a name in a guide leads nowhere; "" when it does, or when it's none that can be looked up.
func (k *known) unknown(text string) string {
	if m := lineName.FindStringSubmatch(text); m != nil {
		if keys := programKeys(k.t, m[1]); !keys["line:"+m[2]] && !keys["key:"+m[2]] {
			return "the program has no such line or key"
		}
	} else if m := caseName.FindStringSubmatch(text); m != nil {
		if b, _ := os.ReadFile(filepath.Join(root, "programs", m[1]+".test.yaml")); !strings.Contains(string(b), "- name: "+m[2]+"\n") {
			return "the program has no such test case"
		}
	} else if m := setName.FindStringSubmatch(text); m != nil {
		if !strings.Contains(k.sets, `"`+m[1]+`"`) {
			return "there's no such setting"
		}
	} else if m := goName.FindStringSubmatch(text); m != nil {
		if name := m[1] + "." + m[2]; !k.names[name] && !k.names[name+"."+m[3]] {
			return "there's no such test or function"
		}
	} else if m := address.FindStringSubmatch(text); m != nil && !machine.MatchString(m[1]) {
		if !k.leads(m[1]) {
			return "no page or operation has this address"
		}
	} else if m := flagName.FindStringSubmatch(text); m != nil && !k.flags[m[1]] {
		return "no command has this flag"
	} else if m := figure.FindStringSubmatch(text); m != nil && !strings.Contains(k.figures, m[1]+`"`) {
		return "this figure isn't exported"
	}
	return ""
}

// leads knows the two doors to pages about a partner, and the files of a list.
func (k *known) leads(at string) bool {
	rest := strings.TrimPrefix(at, "/channel/{partner}")
	for _, x := range []string{at, rest, at + "/{$}", at + "{$}"} {
		list := strings.TrimSuffix(strings.TrimSuffix(x, ".csv"), ".xlsx")
		if x != "" && (k.paths[x] || k.paths[list]) || at == "/channel/{partner}" {
			return true
		}
	}
	return false
}

var (
	lineKey = regexp.MustCompile(`(?m)^  - id: ([\w-]+)$`)
	topKey  = regexp.MustCompile(`(?m)^([a-z_]+):`)
)

// programKeys are the lines and the top keys of a program file.
func programKeys(t *testing.T, ref string) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "programs", ref+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range topKey.FindAllStringSubmatch(string(b), -1) {
		out["key:"+m[1]] = true
	}
	_, lines, _ := strings.Cut(string(b), "\nlines:\n")
	lines, _, _ = strings.Cut(lines, "\nevidence:\n")
	for _, m := range lineKey.FindAllStringSubmatch(lines, -1) {
		out["line:"+m[1]] = true
	}
	return out
}
