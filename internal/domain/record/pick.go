package record

import "slices"

// pick takes of all words about registrations the one that holds for each: that of the latest import, and in it of the
// last line. What a revocation leaves open is as the word before said, so that it finds the certificate.
func pick(words []Record) []Record {
	slices.SortFunc(words, func(a, b Record) int {
		switch ka, kb := a.key(), b.key(); {
		case ka < kb:
			return -1
		case ka > kb:
			return 1
		}
		return int(min(max(a.ordinal-b.ordinal, -1), 1))
	})
	out := words[:0]
	for _, w := range words {
		if n := len(out); n > 0 && out[n-1].key() == w.key() {
			if w.Result == Revoked {
				w.inherit(&out[n-1])
			}
			out[n-1] = w
			continue
		}
		out = append(out, w)
	}
	return out
}

func (d *Details) inherit(from *Record) {
	if d.CertificateNumber == "" {
		d.CertificateNumber = from.CertificateNumber
	}
	if d.CertificateName == "" {
		d.CertificateName = from.CertificateName
	}
	if d.IssuedOn.IsNone() {
		d.IssuedOn = from.IssuedOn
	}
	if d.ExpiresOn.IsNone() {
		d.ExpiresOn = from.ExpiresOn
	}
}
