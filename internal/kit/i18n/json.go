package i18n

import "encoding/json"

// A stored Msg keeps its key under this name, so that one inside another's arguments is recognized again.
const jsonKey = "$key"

// MarshalJSON stores a message that isn't in a language yet, for rows that are read in another language later.
func (m Msg) MarshalJSON() ([]byte, error) {
	if m.Key == "" {
		return []byte("null"), nil
	}
	return json.Marshal(map[string]any{jsonKey: m.Key, "args": m.Args})
}

// UnmarshalJSON reads what MarshalJSON stored.
func (m *Msg) UnmarshalJSON(b []byte) error {
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*m = Msg{}
	if raw != nil {
		*m = restore(raw)
	}
	return nil
}

func restore(raw map[string]any) Msg {
	key, _ := raw[jsonKey].(string)
	m := Msg{Key: key}
	args, _ := raw["args"].(map[string]any)
	if args == nil {
		return m
	}
	m.Args = A{}
	for k, v := range args {
		m.Args[k] = restoreArg(v)
	}
	return m
}

func restoreArg(v any) any {
	switch x := v.(type) {
	case float64:
		return int64(x) // arguments are words and counts; there are no fractions
	case map[string]any:
		if _, ok := x[jsonKey]; ok {
			return restore(x)
		}
		texts := map[string]string{}
		for lang, text := range x {
			texts[lang], _ = text.(string)
		}
		return texts
	case []any:
		var ms []Msg
		for _, e := range x {
			if raw, ok := e.(map[string]any); ok {
				ms = append(ms, restore(raw))
			}
		}
		return ms
	}
	return v
}

// Spoken is a message in every language, as one text to keep: a row's problem stays readable when keys change. An
// empty message is "".
func Spoken(m Msg) string {
	if m.IsZero() {
		return ""
	}
	byLang := map[string]string{}
	for _, lang := range Languages {
		byLang[lang] = Text(lang, m)
	}
	b, err := json.Marshal(byLang)
	if err != nil {
		panic(err) // strings can't fail to encode
	}
	return string(b)
}

// Heard is the message of what Spoken made.
func Heard(kept string) (Msg, error) {
	if kept == "" {
		return Msg{}, nil
	}
	var byLang map[string]string
	err := json.Unmarshal([]byte(kept), &byLang)
	return Both(byLang), err
}
