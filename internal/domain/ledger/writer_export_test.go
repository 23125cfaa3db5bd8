package ledger

import "hanse/internal/kit/actor"

// Answer is what the writer says to one posting.
type Answer struct {
	Posted Posted
	Err    error
}

// PostBatch makes postings in one batch of the writer, in their order.
func PostBatch(s *Service, by actor.Actor, all []Posting) []Answer {
	batch := make([]*request, len(all))
	for i, p := range all {
		batch[i] = newRequest(by, p, s.db.Clock().Wall())
	}
	s.writer.write(batch)
	out := make([]Answer, len(all))
	for i, r := range batch {
		<-r.done
		out[i] = Answer{r.out, r.err}
	}
	return out
}

// ShortenQueue leaves room for n postings.
func ShortenQueue(s *Service, n int) { s.writer.queue = make(chan *request, n) }
