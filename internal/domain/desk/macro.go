package desk

import (
	"context"
	"slices"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	kittext "hanse/internal/kit/text"
)

// Macros lists the desk's macros by name: those that the actor may use, or every one for its administrators and
// auditors. Who works at the desk may.
func (s *Service) Macros(ctx context.Context, by actor.Actor) ([]Macro, error) {
	if err := by.May(actor.ViewDesk); err != nil {
		return nil, err
	}
	q := s.db.Read()
	all, err := macros(ctx, q, by.Account)
	if err != nil {
		return nil, err
	}
	at, err := setup(ctx, q, by.Account)
	for i := range all {
		all[i].TeamName = named(at.Teams, all[i].Team)
	}
	return all, err
}

// Usable lists the macros and answers that the actor may use, by name.
func (s *Service) Usable(ctx context.Context, by actor.Actor) ([]Macro, []Answer, error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return nil, nil, err
	}
	q := s.db.Read()
	in, err := Belongs(ctx, q, by.Account, by.User)
	if err != nil {
		return nil, nil, err
	}
	ms, err := macros(ctx, q, by.Account)
	if err != nil {
		return nil, nil, err
	}
	ms = slices.DeleteFunc(ms, func(m Macro) bool { return !m.Active || m.Team != "" && !slices.Contains(in, m.Team) })
	as, err := answers(ctx, q, by.Account)
	return ms, slices.DeleteFunc(as, func(a Answer) bool { return a.Team != "" && !slices.Contains(in, a.Team) }), err
}

// SaveMacro makes a macro or changes one. The desk's administrators may.
func (s *Service) SaveMacro(ctx context.Context, by actor.Actor, m Macro) (Macro, error) {
	if err := by.May(actor.ManageDesk); err != nil {
		return m, err
	}
	m.clean()
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := macros(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		at, err := setup(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if m.ID != "" && !slices.ContainsFunc(all, func(x Macro) bool { return x.ID == m.ID }) {
			return fault.NotFound()
		}
		if err := m.check(at, all); err != nil {
			return err
		}
		given := m.ID
		if m.Desk = by.Account; m.ID == "" {
			m.ID, m.Edition = id.New("macro", tx.Wall), 1
			err = insertMacro(ctx, tx, m)
		} else {
			err = stale(updateMacro(ctx, tx, m))
			m.Edition++
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, "desk_macro", m.ID, map[string]any{"did": did(given), "name": m.Name, "active": m.Active})
	})
	return m, err
}

func (m *Macro) clean() {
	m.Name = kittext.Clean(m.Name)
	m.ReplyEN, m.ReplyZH, m.Note = kittext.Lines(m.ReplyEN), kittext.Lines(m.ReplyZH), kittext.Lines(m.Note)
	if m.Then == "" {
		m.Then = Stay
	}
}

func (m Macro) check(at Setup, all []Macro) error {
	var fs fault.Fields
	checkName(&fs, m.Name)
	for _, x := range all {
		if x.ID != m.ID && kittext.Fold(x.Name) == kittext.Fold(m.Name) {
			fs.Add("name", m.Name, i18n.M("desk.name_taken", i18n.A{"name": m.Name}))
		}
	}
	for field, team := range map[string]string{"only_team": m.Team, "team": m.Content.Team} {
		if _, ok := at.Team(team); team != "" && !ok {
			fs.Add(field, team, i18n.M("desk.no_team"))
		}
	}
	if _, ok := at.Person(m.Owner); m.Owner != "" && m.Owner != OwnerMe && m.Owner != OwnerNobody && !ok {
		fs.Add("owner", m.Owner, i18n.M("desk.no_person"))
	}
	checkText(&fs, "reply_en", m.ReplyEN)
	checkText(&fs, "reply_zh", m.ReplyZH)
	checkText(&fs, "note", m.Note)
	m.checkMove(&fs)
	m.checkLabels(&fs)
	if m.Content.empty() {
		fs.Add("reply_en", "", i18n.M("desk.macro_empty"))
	}
	if m.ID == "" && len(all) >= mostMacros {
		fs.Add("name", m.Name, i18n.M("desk.too_many", i18n.A{"n": mostMacros}))
	}
	return fs.Err()
}

func (m Macro) checkMove(fs *fault.Fields) {
	if m.Move != NoMove && !slices.Contains(Moves(), m.Move) {
		fs.Add("move", string(m.Move), i18n.M("desk.bad_move"))
	}
	if (m.Move == Ask || m.Move == Offer) && m.ReplyEN == "" && m.ReplyZH == "" {
		fs.Add("reply_en", "", i18n.M("desk.move_needs_reply", i18n.A{"move": m.Move.Label()}))
	}
	if !slices.Contains([]Then{Stay, NextOne, Queue}, m.Then) {
		fs.Add("then", string(m.Then), i18n.M("desk.bad_move"))
	}
}

// mostLabels is how many labels a macro puts on, or takes off: as many as a ticket has.
const mostLabels = 5

func (m Macro) checkLabels(fs *fault.Fields) {
	for field, ids := range map[string][]int64{"label": m.Label, "unlabel": m.Unlabel} {
		if len(ids) > mostLabels {
			fs.Add(field, "", i18n.M("desk.too_many", i18n.A{"n": mostLabels}))
		}
	}
	for _, id := range m.Label {
		if slices.Contains(m.Unlabel, id) {
			fs.Add("unlabel", "", i18n.M("desk.macro_label_both"))
			return
		}
	}
}

// RemoveMacro takes a macro away; what was done with it stays. The desk's administrators may.
func (s *Service) RemoveMacro(ctx context.Context, by actor.Actor, macroID string, edition int64) error {
	if err := by.May(actor.ManageDesk); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := macros(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(m Macro) bool { return m.ID == macroID }) {
			return fault.NotFound()
		}
		if err := deleteMacro(ctx, tx, by.Account, macroID, edition); err != nil {
			return stale(err)
		}
		return s.record(ctx, tx, by, "desk_macro", macroID, map[string]any{"did": "removed"})
	})
}
