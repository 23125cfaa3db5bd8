package cover

// A vector holds a small number for each place, eight bits each with the top
// one free, so that all places are compared and subtracted at once.
type vector [Places / 8]uint64

const tops = 0x8080808080808080

func (v *vector) set(i int, x uint8) {
	shift := 8 * (i % 8)
	v[i/8] = v[i/8]&^(0xff<<shift) | uint64(x)<<shift
}

func (v *vector) at(i int) uint8 { return uint8(v[i/8] >> (8 * (i % 8))) }

// sum adds the numbers up.
func (v *vector) sum() (n int) {
	for i := range Places {
		n += int(v.at(i))
	}
	return n
}

// covers tells whether no number is smaller than the other's.
func (v *vector) covers(w vector) bool {
	for i := range v {
		if ((v[i]|tops)-w[i])&tops != tops {
			return false
		}
	}
	return true
}

// less is what is left of the numbers when others are taken away; none falls
// below 0.
func (v vector) less(w vector) vector {
	for i := range v {
		d := (v[i] | tops) - w[i]
		keep := d & tops >> 7 // 1 where nothing was borrowed
		v[i] = d & (keep * 0x7f)
	}
	return v
}
