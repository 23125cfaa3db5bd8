package program

// maskClass is a number of present engineers who satisfy the same bits.
type maskClass struct {
	mask uint64
	n    int32
}

// classes count engineers by their bits. There are few different ones; a small
// hash table finds them, so that a partner of thousands costs a step a person.
// The zero value is ready after reset; it keeps its memory.
type classes struct {
	list  []maskClass
	table []place // a power of two, at most half full
	round uint32  // places of earlier rounds are empty
}

type place struct {
	round uint32
	class int32
}

const firstTable = 64

func (c *classes) reset() {
	c.list = c.list[:0]
	if c.round++; c.round == 0 || c.table == nil { // after four billion partners old places would look new
		c.table, c.round = make([]place, max(firstTable, len(c.table))), 1
	}
}

// add counts one engineer.
func (c *classes) add(mask uint64) {
	p := c.find(mask)
	if p.round == c.round {
		c.list[p.class].n++
		return
	}
	*p = place{c.round, int32(len(c.list))}
	c.list = append(c.list, maskClass{mask, 1})
	if 2*len(c.list) > len(c.table) {
		c.grow()
	}
}

// find is the place of a mask: its own, or the empty one where it belongs.
func (c *classes) find(mask uint64) *place {
	last := uint64(len(c.table) - 1)
	for h := mask * 0x9E3779B97F4A7C15 >> 32; ; h++ {
		p := &c.table[h&last]
		if p.round != c.round || c.list[p.class].mask == mask {
			return p
		}
	}
}

// grow keeps the table at most half full, so that a search ends after a step or
// two.
func (c *classes) grow() {
	c.table = make([]place, 2*len(c.table))
	for i := range c.list {
		*c.find(c.list[i].mask) = place{c.round, int32(i)}
	}
}
