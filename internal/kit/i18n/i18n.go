// Package i18n is the one way to say something to a user.
//
// A rule that has something to say returns a Msg: a key and its arguments, not yet in a language. The edge that
// knows the reader turns it into text. Keys are literals in the code, so that a test can find missing and
// unused ones.
package i18n

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"hanse/locales"
)

// The languages of the product; Pseudo wraps every message in ⟦ ⟧, so that a test can find hard-coded text.
const (
	English = "en"
	Chinese = "zh-Hans"
	Pseudo  = "en-XA"
)

// Languages are those that a user can choose.
var Languages = []string{English, Chinese}

// A holds the arguments of a message; "n" chooses the plural form.
type A = map[string]any

// A Msg is a message that isn't in a language yet. An argument may be a Msg itself.
type Msg struct {
	Key  string
	Args A
}

// M makes a Msg. The key must be a literal: a test reads it from the source.
func M(key string, args ...A) Msg {
	m := Msg{Key: key}
	if len(args) > 0 {
		m.Args = args[0]
	}
	return m
}

// IsZero tells whether there's nothing to say.
func (m Msg) IsZero() bool { return m.Key == "" }

// Raw is a message that is data already (a reviewer's words, a title from a program file): shown as it is.
func Raw(text string) Msg { return Msg{Key: rawKey, Args: A{"text": text}} }

// Both is a message that brings its own text for each language, as program files do.
func Both(byLang map[string]string) Msg { return Msg{Key: bothKey, Args: A{"by_lang": byLang}} }

const (
	rawKey  = "=raw"
	bothKey = "=both"
)

// catalogue holds the parsed message files and one localizer per language.
type catalogue struct {
	bundle *goi18n.Bundle
	byLang map[string]*goi18n.Localizer
}

var load = sync.OnceValue(func() *catalogue {
	c := &catalogue{bundle: goi18n.NewBundle(language.English), byLang: map[string]*goi18n.Localizer{}}
	c.bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, lang := range Languages {
		if err := c.read(lang); err != nil {
			// The files are embedded and a test parses them, so this can't fail in a released binary.
			panic(err)
		}
		c.byLang[lang] = goi18n.NewLocalizer(c.bundle, lang)
	}
	c.byLang[Pseudo] = c.byLang[English]
	return c
})

func (c *catalogue) read(lang string) error {
	entries, err := fs.ReadDir(locales.Files, lang)
	if err != nil {
		return err
	}
	for _, e := range entries {
		b, err := locales.Files.ReadFile(lang + "/" + e.Name())
		if err != nil {
			return err
		}
		if _, err := c.bundle.ParseMessageFileBytes(b, lang+".json"); err != nil {
			return fmt.Errorf("%s/%s: %w", lang, e.Name(), err)
		}
	}
	return nil
}

// Text renders a message in a language; an unknown language reads as English. A key that no file has is shown
// itself, between question marks, which a test over all pages looks for.
func Text(lang string, m Msg) string {
	switch m.Key {
	case "":
		return ""
	case rawKey:
		return fmt.Sprint(m.Args["text"])
	case bothKey:
		s := pickText(lang, m.Args["by_lang"].(map[string]string))
		if lang == Pseudo && s != "" {
			return "⟦" + s + "⟧" // it's written in every language, so it isn't hard-coded
		}
		return s
	}
	c := load()
	lz := c.byLang[lang]
	if lz == nil {
		lz = c.byLang[English]
	}
	cfg := &goi18n.LocalizeConfig{MessageID: m.Key, TemplateData: render(lang, m.Args)}
	if n, ok := m.Args["n"]; ok {
		cfg.PluralCount = n
	}
	s, err := lz.Localize(cfg)
	if err != nil && cfg.PluralCount != nil {
		cfg.PluralCount = nil // a message with one form for all counts
		s, err = lz.Localize(cfg)
	}
	if err != nil {
		return "??" + m.Key + "??"
	}
	if lang == Pseudo {
		return "⟦" + s + "⟧"
	}
	return s
}

func pickText(lang string, texts map[string]string) string {
	if s := texts[lang]; s != "" {
		return s
	}
	return texts[English]
}

// render turns arguments that are messages into text and integers into grouped digits.
func render(lang string, args A) A {
	out := make(A, len(args))
	for k, v := range args {
		switch x := v.(type) {
		case Msg:
			out[k] = Text(lang, x)
		case []Msg:
			out[k] = List(lang, x)
		default:
			out[k] = v
		}
	}
	return out
}

// List joins messages as the language does: "a, b" or "a、b".
func List(lang string, ms []Msg) string {
	parts := make([]string, len(ms))
	for i, m := range ms {
		parts[i] = Text(lang, m)
	}
	if lang == Chinese {
		return strings.Join(parts, "、")
	}
	return strings.Join(parts, ", ")
}

type ctxKey struct{}

// A Loc is the reader's language and time zone.
type Loc struct {
	Lang string         // "en" or "zh-Hans": also the html lang attribute
	TZ   *time.Location // in which instants are shown
}

// With returns a context for a reader.
func With(ctx context.Context, lang string, tz *time.Location) context.Context {
	return context.WithValue(ctx, ctxKey{}, &Loc{lang, tz})
}

// From returns the context's reader: English and UTC when nobody said otherwise.
func From(ctx context.Context) *Loc {
	if l, ok := ctx.Value(ctxKey{}).(*Loc); ok {
		return l
	}
	return &Loc{English, time.UTC}
}

// T says a message in the context's language. The key must be a literal.
func T(ctx context.Context, key string, args ...A) string {
	return Text(From(ctx).Lang, M(key, args...))
}

// Say renders a ready Msg in the context's language.
func Say(ctx context.Context, m Msg) string { return Text(From(ctx).Lang, m) }

var matcher = language.NewMatcher([]language.Tag{language.English, language.MustParse(Chinese)})

// Pick chooses a language: the saved choice, then the cookie "lang", then Accept-Language.
func Pick(r *http.Request, saved string) string {
	cookie := ""
	if c, err := r.Cookie("lang"); err == nil {
		cookie = c.Value
	}
	if saved == Pseudo || cookie == Pseudo {
		return Pseudo
	}
	if slices.Contains(Languages, saved) {
		return saved
	}
	accept := r.Header.Get("Accept-Language")
	if saved == "" && cookie == "" && accept == "" { // as programs ask: matching nothing takes microseconds
		return Languages[0]
	}
	_, i := language.MatchStrings(matcher, saved, cookie, accept)
	return Languages[i]
}
