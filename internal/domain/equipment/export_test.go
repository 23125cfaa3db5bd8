package equipment

// SetChunk makes transactions of fewer rows, so that a short file has several.
func (s *Service) SetChunk(n int) { s.chunk = n }
