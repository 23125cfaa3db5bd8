package osm

import (
	"bytes"
	"encoding/json"

	"hanse/internal/kit/i18n"
)

// What the vendor's documentation shows in examples of requests, though its own types contradict it, is taken as it's
// meant: who copied an example must not be refused for it.

// entries reads a map of a body; an empty list is an empty one.
func (f *form) entries(name string, raw json.RawMessage) (out map[string]any) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] == '[' && len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0 {
		return nil
	}
	f.into(name, raw, &out)
	return out
}

// texts reads a list of texts of a body; a bare text is a list of one.
func (f *form) texts(name string, raw json.RawMessage) (out []string) {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		raw = append(append([]byte{'['}, raw...), ']')
	}
	if len(raw) > 0 {
		f.into(name, raw, &out)
	}
	return out
}

// into reads a part of a body that is JSON already.
func (f *form) into(name string, raw json.RawMessage, out any) {
	if err := json.Unmarshal(raw, out); err != nil {
		f.refuse(name, cut(string(raw)), i18n.M("wire.type"))
	}
}

// cut shortens what is shown of a refused value.
func cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
