package bill

// SetChunk makes transactions of fewer lines, so that a short file has several.
func (s *Service) SetChunk(n int) { s.chunk = n }
