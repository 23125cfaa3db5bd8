package config

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
)

// A Value is one effective setting, as `hanse doctor` prints it: secrets are hidden.
type Value struct {
	Name string `json:"name"`
	Env  string `json:"env"`
	Text string `json:"value"`
	Help string `json:"help"`
}

// Values lists every setting in the order of the struct.
func (c *Config) Values() []Value { return values(reflect.ValueOf(c).Elem(), "") }

func values(v reflect.Value, prefix string) (out []Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if _, group := f.Tag.Lookup("embed"); group {
			out = append(out, values(v.Field(i), f.Tag.Get("prefix"))...)
			continue
		}
		_, secret := f.Tag.Lookup("secret")
		out = append(out, Value{Name: prefix + flagName(f), Env: f.Tag.Get("env"), Text: shown(v.Field(i), secret), Help: f.Tag.Get("help")})
	}
	return out
}

// flagName is the name that the command line gives a field: BaseURL is base-url.
func flagName(f reflect.StructField) string {
	if n := f.Tag.Get("name"); n != "" {
		return n
	}
	var b strings.Builder
	for i, r := range f.Name {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && !(f.Name[i-1] >= 'A' && f.Name[i-1] <= 'Z') {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

func shown(v reflect.Value, secret bool) string {
	switch {
	case secret && !v.IsZero():
		return "(hidden)"
	case v.Kind() == reflect.Slice:
		return strings.Join(v.Interface().([]string), " ")
	}
	text := fmt.Sprint(v.Interface())
	// Database and proxy addresses carry passwords inside.
	if u, err := url.Parse(text); err == nil && u.User != nil {
		return u.Redacted()
	}
	return text
}
