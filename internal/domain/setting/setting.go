// Package setting holds the numbers that an installation may change: what they mean, their defaults, and the
// history of every change.
//
// A value holds from an instant on. Reading takes the business instant of the transaction, so that a rule
// applied late applies the value of its time.
package setting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// Int is the value of a number at an instant.
func Int(ctx context.Context, q db.Querier, key Key, at time.Time) (int, error) {
	s, err := Text(ctx, q, key, at)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("setting %s: %w", key, err)
	}
	return n, nil
}

// Duration is the value of a duration at an instant.
func Duration(ctx context.Context, q db.Querier, key Key, at time.Time) (time.Duration, error) {
	s, err := Text(ctx, q, key, at)
	if err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("setting %s: %w", key, err)
	}
	return d, nil
}

// Bool is the value of a switch at an instant.
func Bool(ctx context.Context, q db.Querier, key Key, at time.Time) (bool, error) {
	s, err := Text(ctx, q, key, at)
	return s == "true", err
}

// Ints is the value of a list at an instant.
func Ints(ctx context.Context, q db.Querier, key Key, at time.Time) ([]int, error) {
	s, err := Text(ctx, q, key, at)
	if err != nil {
		return nil, err
	}
	ns, err := list(s)
	if err != nil {
		return nil, fmt.Errorf("setting %s: %w", key, err)
	}
	return ns, nil
}

// Text is the value of any setting at an instant as it's written; the default when nobody changed it by then.
func Text(ctx context.Context, q db.Querier, key Key, at time.Time) (string, error) {
	d, ok := find(key)
	if !ok {
		return "", fmt.Errorf("setting %s is not in the table", key)
	}
	v, err := inForce(ctx, q, key, at)
	if errors.Is(err, db.ErrNoRow) {
		return d.Default, nil
	}
	return v.Value, err
}

func list(s string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// normal checks a typed value and returns it as it's stored; the message says what is wrong with it.
func (d Def) normal(typed string) (string, i18n.Msg) {
	s := text.Clean(typed)
	switch d.Kind {
	case IntKind:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < d.Min || n > d.Max {
			return "", i18n.M("setting.bad_number", i18n.A{"min": d.Min, "max": d.Max})
		}
		return strconv.FormatInt(n, 10), i18n.Msg{}
	case DurationKind:
		v, err := time.ParseDuration(s)
		if err != nil || v < seconds(d.Min) || v > seconds(d.Max) {
			return "", i18n.M("setting.bad_duration", i18n.A{"min": seconds(d.Min).String(), "max": seconds(d.Max).String()})
		}
		return v.String(), i18n.Msg{}
	case BoolKind:
		if s != "true" && s != "false" {
			return "", i18n.M("setting.bad_bool")
		}
	case ListKind:
		return d.normalList(s)
	case ChoiceKind:
		if !slices.Contains(strings.Split(d.Unit, ","), s) {
			return "", i18n.M("setting.bad_choice", i18n.A{"choices": strings.ReplaceAll(d.Unit, ",", ", ")})
		}
	case TextKind:
		if s == "" && d.Min > 0 || int64(utf8.RuneCountInString(s)) > d.Max {
			return "", i18n.M("setting.bad_text", i18n.A{"max": d.Max})
		}
	}
	return s, i18n.Msg{}
}

func (d Def) normalList(s string) (string, i18n.Msg) {
	ns, err := list(s)
	if err != nil || len(ns) > 20 {
		return "", i18n.M("setting.bad_list", i18n.A{"min": d.Min, "max": d.Max})
	}
	var parts []string
	for _, n := range ns {
		if int64(n) < d.Min || int64(n) > d.Max {
			return "", i18n.M("setting.bad_list", i18n.A{"min": d.Min, "max": d.Max})
		}
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, ","), i18n.Msg{}
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }
