package program

import "math/bits"

// maxLines is how many lines one ladder can staff: the bits of a mask.
const maxLines = 16

// A class is a number of persons who suit the same lines.
type class struct {
	mask uint16
	n    int32
}

// A matcher gives persons to lines, each person to one line at most. Persons
// with the same mask are one class, so its work depends on the few kinds of
// persons, not on their number. The zero value is ready; it keeps its memory.
//
// Lines are filled in index order and a filled place is only ever handed on,
// never given up. The places that can be filled together form a matroid, so
// this gives both the largest number of places and, among all largest fillings,
// the one in which a shortage falls on the latest lines.
type matcher struct {
	classes []class
	flow    [][maxLines]int32 // places of each line that each class fills
	left    []int32           // persons of each class without a place
	parent  [maxLines]int8
	lender  [maxLines]int32
	queue   [maxLines]int8
}

func (m *matcher) reset() { m.classes = m.classes[:0] }

// add puts one person in.
func (m *matcher) add(mask uint16) { m.addMany(mask, 1) }

// addMany puts so many persons in who suit the same lines.
func (m *matcher) addMany(mask uint16, n int32) {
	for i := range m.classes {
		if m.classes[i].mask == mask {
			m.classes[i].n += n
			return
		}
	}
	m.classes = append(m.classes, class{mask, n})
}

// remove takes one person out again.
func (m *matcher) remove(mask uint16) {
	for i := range m.classes {
		if m.classes[i].mask == mask {
			m.classes[i].n--
			return
		}
	}
}

// fill says how many places of each line can be filled, want[i] at most.
func (m *matcher) fill(want *[maxLines]int32, lines int, have *[maxLines]int32) {
	n := len(m.classes)
	if cap(m.flow) < n {
		m.flow, m.left = make([][maxLines]int32, n, 2*n), make([]int32, n, 2*n)
	}
	m.flow, m.left = m.flow[:n], m.left[:n]
	for i := range m.classes {
		m.flow[i] = [maxLines]int32{}
		m.left[i] = m.classes[i].n
	}
	for l := range lines {
		have[l] = m.take(l, want[l])
		for have[l] < want[l] && m.augment(int8(l)) {
			have[l]++
		}
	}
}

// take gives a line persons who have no place yet.
func (m *matcher) take(line int, want int32) (got int32) {
	for i := range m.classes {
		if m.classes[i].mask&(1<<line) == 0 {
			continue
		}
		x := min(m.left[i], want-got)
		m.flow[i][line] += x
		m.left[i] -= x
		got += x
	}
	return got
}

// augment finds one more person for a line along a chain of lines that hand a
// person on: breadth first, from the line backwards to a class with a person to
// spare.
func (m *matcher) augment(line int8) bool {
	for i := range m.parent {
		m.parent[i] = -1
	}
	m.queue[0], m.parent[line] = line, line
	for head, tail := 0, 1; head < tail; head++ {
		x := m.queue[head]
		for i, c := range m.classes {
			if c.mask&(1<<x) == 0 {
				continue
			}
			if m.left[i] > 0 {
				m.shift(int32(i), x, line)
				return true
			}
			for rest := c.mask; rest != 0; rest &= rest - 1 {
				y := int8(bits.TrailingZeros16(rest))
				if m.parent[y] < 0 && m.flow[i][y] > 0 {
					m.parent[y], m.lender[y] = x, int32(i)
					m.queue[tail] = y
					tail++
				}
			}
		}
	}
	return false
}

// shift moves persons along the chain that augment found: a free one to line
// at, and so on until line first has one more.
func (m *matcher) shift(free int32, at, first int8) {
	m.left[free]--
	m.flow[free][at]++
	for at != first {
		c, to := m.lender[at], m.parent[at]
		m.flow[c][at]--
		m.flow[c][to]++
		at = to
	}
}
