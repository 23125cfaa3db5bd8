package db

import (
	"encoding/binary"
	"fmt"
)

// copyFrom is how many rows a plain insert has at least to go by COPY: that takes PostgreSQL a third less for each
// row, and more for the statement.
const copyFrom = 50

// copied tells whether PostgreSQL gets a statement's rows by COPY.
func (s Statement) copied() bool { return s.plain && s.scan == nil && s.set.len() >= copyFrom }

// appendBinary adds the rows in COPY's binary form.
func (s Set) appendBinary(b []byte) []byte {
	b = append(append(b, "PGCOPY\n\xff\r\n\x00"...), make([]byte, 8)...) // no flags, no extension
	for row := range s.len() {
		b = binary.BigEndian.AppendUint16(b, uint16(len(s.Columns)))
		for _, c := range s.Columns {
			b = c.appendBinary(b, row)
		}
	}
	return append(b, 0xff, 0xff)
}

// room is how many bytes the binary form has at most: making it grow would copy it many times.
func (s Set) room() int {
	n := 32 + s.len()*(2+12*len(s.Columns))
	for _, c := range s.Columns {
		switch v := c.Values.(type) {
		case []string:
			for _, x := range v {
				n += len(x)
			}
		case [][]byte:
			for _, x := range v {
				n += len(x)
			}
		case []*string:
			for _, x := range v {
				if x != nil {
					n += len(*x)
				}
			}
		}
	}
	return n
}

// appendBinary adds a value: its length and its bytes; NULL is the length -1.
func (c Column) appendBinary(b []byte, row int) []byte {
	const null = 0xffffffff
	switch v := c.Values.(type) {
	case []string:
		return append(binary.BigEndian.AppendUint32(b, uint32(len(v[row]))), v[row]...)
	case []int64:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(v[row]))
	case [][]byte:
		if v[row] == nil {
			return binary.BigEndian.AppendUint32(b, null)
		}
		return append(binary.BigEndian.AppendUint32(b, uint32(len(v[row]))), v[row]...)
	case []bool:
		b = binary.BigEndian.AppendUint32(b, 1)
		if v[row] {
			return append(b, 1)
		}
		return append(b, 0)
	case []*string:
		if v[row] == nil {
			return binary.BigEndian.AppendUint32(b, null)
		}
		return append(binary.BigEndian.AppendUint32(b, uint32(len(*v[row]))), *v[row]...)
	}
	panic(fmt.Sprintf("a column of %T: see db.Column", c.Values)) // a mistake in the program that its first run finds
}
