package door

import (
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
)

type tab struct {
	path, label string
	verb        actor.Verb
}

// head puts the partner's name before the trail.
func (v View) head(h ui.HeadView, current, partners string) ui.HeadView {
	if !v.Vendor {
		return h
	}
	trail := []ui.Crumb{{Href: "/channel", Label: partners}}
	if current != "" || len(h.Trail) > 0 {
		trail = append(trail, ui.Crumb{Href: v.Base, Label: Data(v.R.Context(), v.Name)})
	}
	h.Trail = append(trail, h.Trail...)
	return h
}

// tabs are those pages of a partner that the reader may open.
func (v View) tabs(current string, all []tab) (out []ui.Tab) {
	for _, t := range all {
		if v.Can(t.verb) {
			out = append(out, ui.Tab{Href: v.Path(t.path), Label: t.label, Current: t.path == current})
		}
	}
	return out
}
