package program

import (
	"slices"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Facilities asks for so many teaching sites of a mode, each with a classroom
// that is large enough.
type Facilities struct {
	impersonal

	Mode  string `yaml:"mode" doc:"on-site or online"`
	Seats int    `yaml:"seats" doc:"At least one classroom of the site takes so many trainees"`
}

func (k *Facilities) count(v *Version, f *Facts, d calendar.Day, need int) (n int) {
	for i := range f.Sites {
		if s := &f.Sites[i]; s.Mode == k.Mode && slices.ContainsFunc(s.Seats, func(x int) bool { return x >= k.Seats }) {
			n++
		}
	}
	return n
}

func (k *Facilities) evaluate(s *scene, l *Line, n Need) LineResult { return tallied(k, s, n) }

// gap says how large a classroom has to be.
func (k *Facilities) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	args := i18n.A{"n": n.Count - r.Have, "seats": k.Seats}
	if k.Mode == SiteOnline {
		return i18n.M("program.gap.online_site", args)
	}
	return i18n.M("program.gap.site", args)
}

// check wants a mode and a classroom.
func (k *Facilities) check(c *checker, l *Line) {
	path := c.path + ".facilities"
	if k.Mode != SiteOnSite && k.Mode != SiteOnline {
		c.word(path+".mode", k.Mode, SiteOnSite, SiteOnline)
	}
	c.atLeast(path+".seats", k.Seats, 1)
}

// Languages asks for so many languages taught in.
type Languages struct{ impersonal }

func (k *Languages) count(v *Version, f *Facts, d calendar.Day, need int) int {
	return different(f.Languages)
}

func (k *Languages) evaluate(s *scene, l *Line, n Need) LineResult { return tallied(k, s, n) }

// gap is the missing number.
func (k *Languages) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.languages", i18n.A{"n": n.Count - r.Have})
}

// Branches asks for branches in so many different countries.
type Branches struct{ impersonal }

func (k *Branches) count(v *Version, f *Facts, d calendar.Day, need int) int {
	return different(f.Branches)
}

func (k *Branches) evaluate(s *scene, l *Line, n Need) LineResult { return tallied(k, s, n) }

// gap is the missing number.
func (k *Branches) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.branches", i18n.A{"n": n.Count - r.Have})
}

// different counts the different words of a short list.
func different(words []string) (n int) {
	for i, w := range words {
		if w != "" && !slices.Contains(words[:i], w) {
			n++
		}
	}
	return n
}
