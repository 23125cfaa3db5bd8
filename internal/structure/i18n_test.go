package structure_test

import (
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/types"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/types/typeutil"

	"hanse/internal/kit/i18n"
	"hanse/locales"
)

// A message is one entry of a file: its texts by plural form ("other" when it has one only).
type message struct {
	file string
	text map[string]string
}

// messages reads all files of a language.
func messages(t *testing.T, lang string) map[string]message {
	t.Helper()
	out := map[string]message{}
	entries, err := fs.ReadDir(locales.Files, lang)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := locales.Files.ReadFile(path.Join(lang, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]json.RawMessage
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatalf("%s/%s: %v", lang, e.Name(), err)
		}
		for key, raw := range all {
			if have, twice := out[key]; twice {
				t.Errorf("%s: key %s is in %s and %s", lang, key, have.file, e.Name())
			}
			area := strings.TrimSuffix(e.Name(), ".json")
			if !strings.HasPrefix(key, area+".") && !strings.HasPrefix(key, strings.ReplaceAll(area, "_", "")+".") {
				t.Errorf("%s/%s: key %s doesn't start with %q", lang, e.Name(), key, area+".")
			}
			out[key] = message{e.Name(), forms(t, key, raw)}
		}
	}
	return out
}

func forms(t *testing.T, key string, raw json.RawMessage) map[string]string {
	t.Helper()
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return map[string]string{"other": one}
	}
	var many map[string]string
	if err := json.Unmarshal(raw, &many); err != nil {
		t.Errorf("key %s: %v", key, err)
	}
	return many
}

var placeholder = regexp.MustCompile(`\{\{\s*\.([a-zA-Z_]+)`)

func placeholders(m message, form string) []string {
	var out []string
	for _, x := range placeholder.FindAllStringSubmatch(m.text[form], -1) {
		out = append(out, x[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestBothLanguagesSayTheSameThings compares keys, plural forms and placeholders.
func TestBothLanguagesSayTheSameThings(t *testing.T) {
	en, zh := messages(t, i18n.English), messages(t, i18n.Chinese)
	for key, m := range en {
		z, ok := zh[key]
		if !ok {
			t.Errorf("%s is missing in Chinese", key)
			continue
		}
		if a, b := placeholders(m, "other"), placeholders(z, "other"); !slices.Equal(a, b) {
			t.Errorf("%s: placeholders %v in English, %v in Chinese", key, a, b)
		}
		if m.text["other"] == "" || z.text["other"] == "" {
			t.Errorf("%s: empty, or without the form other", key)
		}
		if m.file != z.file {
			t.Errorf("%s is in %s in English, in %s in Chinese", key, m.file, z.file)
		}
	}
	for key := range zh {
		if _, ok := en[key]; !ok {
			t.Errorf("%s is missing in English", key)
		}
	}
}

// TestKeysAreLiteralThereAndUsed reads every message that the code says.
func TestKeysAreLiteralThereAndUsed(t *testing.T) {
	en := messages(t, i18n.English)
	said := map[string]bool{}
	for _, p := range tree(t) {
		eachText(p, func(text string, _ ast.Node) { said[text] = true })
		if short(p.PkgPath) == "internal/kit/i18n" {
			continue
		}
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				arg := keyArgument(p.TypesInfo, call)
				if arg == nil {
					return true
				}
				v := p.TypesInfo.Types[arg].Value
				if v == nil || v.Kind() != constant.String {
					t.Errorf("%s: the message key isn't a literal", p.Fset.Position(call.Pos()))
				} else if _, ok := en[constant.StringVal(v)]; !ok {
					t.Errorf("%s: message %s is in no file", p.Fset.Position(call.Pos()), v)
				}
				return true
			})
		}
	}
	for key, m := range en {
		if !said[key] {
			t.Errorf("message %s (%s) is never used", key, m.file)
		}
	}
}

// keyArgument returns the key's expression of i18n.M(key, …) and i18n.T(ctx, key, …).
func keyArgument(info *types.Info, call *ast.CallExpr) ast.Expr {
	f := typeutil.StaticCallee(info, call)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "hanse/internal/kit/i18n" {
		return nil
	}
	switch f.Name() {
	case "M":
		return call.Args[0]
	case "T":
		return call.Args[1]
	}
	return nil
}
