package ticket

import (
	"strconv"
	"strings"
)

// String writes a mark for an address.
func (m Mark) String() string { return strconv.FormatInt(m.At, 36) + "." + m.No }

// ParseMark reads what String wrote; anything else is the beginning of the list.
func ParseMark(s string) Mark {
	at, no, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil || !IsNo(no) {
		return Mark{}
	}
	return Mark{n, no}
}
