package taxonomy

// Shipped is the set of an installation that changed nothing.
func Shipped() *Set { return &Set{shipped()} }

// Check is what Save refuses.
func (s *Set) Check(e Entry) error { return s.check(&e) }
