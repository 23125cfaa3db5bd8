package osm

import "time"

// stamp is how instants are written: UTC with a Z. The SDK takes other offsets for UTC.
const stamp = "2006-01-02T15:04:05Z"

// A moment is an instant on the wire; the zero one is null, which clients take as none.
type moment time.Time

// MarshalJSON writes it.
func (m moment) MarshalJSON() ([]byte, error) {
	t := time.Time(m)
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.UTC().AppendFormat(nil, `"`+stamp+`"`), nil
}

// shown is an instant for people, in the caller's zone.
func (c *call) shown(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.zone).Format(time.DateTime)
}

// wireList makes a list that is never null: [] says that there's none.
func wireList[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

// flag is a switch that the wire writes as 0 or 1.
func flag(on bool) int32 {
	if on {
		return 1
	}
	return 0
}
