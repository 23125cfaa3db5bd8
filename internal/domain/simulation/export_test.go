package simulation

// StopAfter makes the next passes see batches of one partner and fail after so many of them; an error of nil takes
// that back.
func StopAfter(s *Service, batches int, err error) {
	s.split = nil
	if err == nil {
		return
	}
	s.split = func() (int, error) {
		if batches == 0 {
			return 1, err
		}
		batches--
		return 1, nil
	}
}
