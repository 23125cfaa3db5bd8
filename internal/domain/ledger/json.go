package ledger

import (
	"encoding/json"
	"strconv"
)

// appendText adds a text as encoding/json writes it. What is hashed and what is audited is JSON, and is made for each
// transfer: reflection would take most of the time.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x80 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' { // it may have a form of its own
			text, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string can't fail to encode
			}
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendTexts(b []byte, all ...string) []byte {
	for _, s := range all {
		b = append(appendText(b, s), ',')
	}
	return b
}

func (p Place) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"Owner":`...), p.Owner)
	b = appendText(append(b, `,"Kind":`...), string(p.Kind))
	b = appendText(append(b, `,"Unit":`...), p.Unit)
	b = appendText(append(b, `,"Ref":`...), p.Ref)
	return append(b, '}')
}

func (m Move) appendJSON(b []byte) []byte {
	b = m.From.appendJSON(append(b, `{"From":`...))
	b = m.To.appendJSON(append(b, `,"To":`...))
	return append(strconv.AppendInt(append(b, `,"Minor":`...), m.Minor, 10), '}')
}

// request is what was asked, for the hash that a key is bound to.
func (p *Posting) request() []byte {
	b := appendTexts(append(make([]byte, 0, 512), '['), p.Kind, p.Scene, p.Memo, p.Subject)
	b = append(b, '[')
	for i, m := range p.Moves {
		if i > 0 {
			b = append(b, ',')
		}
		b = m.appendJSON(b)
	}
	return append(appendText(append(b, "],"...), p.reverses), ']')
}

// content is everything that a transfer says, for its proof.
func (t *Transfer) content() []byte {
	b := appendTexts(append(make([]byte, 0, 768), '['), t.Book, t.ID, t.Key, t.Kind, t.Scene, t.Memo, t.Subject, t.Payer, t.Payee, t.Unit)
	b = append(strconv.AppendInt(b, t.Minor, 10), ',')
	b = appendTexts(b, t.Reverses, t.By, t.ByName, t.text())
	return append(strconv.AppendInt(b, t.At.UnixMicro(), 10), ']')
}
