package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// FileFlag is the name of the flag that names the YAML file, and FileEnv its environment variable.
const (
	FileFlag = "config"
	FileEnv  = "HANSE_CONFIG"
)

// Resolver reads flags that neither the command line nor the environment sets from the YAML file. Keys are the
// flags' names; those with a common first part may be nested (smtp: {host: …}).
func Resolver() kong.Resolver { return &resolver{} }

type resolver struct {
	path   string
	values map[string]any
	err    error
	read   bool
}

// Validate has nothing to check before the file's name is known.
func (r *resolver) Validate(*kong.Application) error { return nil }

// Resolve gives a flag's value in the file, or nil.
func (r *resolver) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Tag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	if flag.Name == FileFlag {
		return nil, nil
	}
	r.load(ctx)
	return r.values[flag.Name], r.err
}

func (r *resolver) load(ctx *kong.Context) {
	if r.read {
		return
	}
	r.read = true
	if r.path = fileName(ctx); r.path == "" {
		return
	}
	b, err := os.ReadFile(r.path)
	if err != nil {
		r.err = fmt.Errorf("configuration file: %w", err)
		return
	}
	r.values, r.err = Parse(r.path, b)
}

func fileName(ctx *kong.Context) string {
	for _, f := range ctx.Flags() {
		if s, ok := ctx.FlagValue(f).(string); f.Name == FileFlag && ok && s != "" {
			return s
		}
	}
	return os.Getenv(FileEnv)
}

// Parse reads a configuration file into values by flag name. A key that no setting has is refused, with the
// known ones: a misspelt key would otherwise be ignored silently.
func Parse(name string, b []byte) (map[string]any, error) {
	var tree map[string]any
	if err := yaml.NewDecoder(bytes.NewReader(b)).Decode(&tree); err != nil && len(bytes.TrimSpace(b)) > 0 {
		return nil, fmt.Errorf("configuration file %s: %s", name, yaml.FormatError(err, false, true))
	}
	flat := map[string]any{}
	flatten(flat, "", tree)
	var known []string
	for _, v := range (&Config{}).Values() {
		known = append(known, v.Name)
	}
	var errs []error
	for key := range flat {
		if !slices.Contains(known, key) {
			errs = append(errs, fmt.Errorf("configuration file %s: unknown key %q; there are %s", name, key, strings.Join(known, ", ")))
		}
	}
	return flat, errors.Join(errs...)
}

func flatten(into map[string]any, prefix string, tree map[string]any) {
	for key, v := range tree {
		key = prefix + strings.ReplaceAll(key, "_", "-")
		switch x := v.(type) {
		case map[string]any:
			flatten(into, key+"-", x)
		case []any:
			into[key] = joinList(key, x)
		case uint64, int64, float64, bool:
			into[key] = fmt.Sprint(x)
		default:
			into[key] = v
		}
	}
}

// joinList writes a list as the flag would be written: the scanner's arguments by spaces, networks by commas.
func joinList(key string, items []any) string {
	parts := make([]string, len(items))
	for i, x := range items {
		parts[i] = fmt.Sprint(x)
	}
	if key == "scan" {
		return strings.Join(parts, " ")
	}
	return strings.Join(parts, ",")
}
