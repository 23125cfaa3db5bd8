package desk

import (
	"context"
	"slices"
	"strings"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	kittext "hanse/internal/kit/text"
)

// Answers lists the desk's canned answers that have all the words in name, keywords or text. Who works at the desk may,
// and auditors.
func (s *Service) Answers(ctx context.Context, by actor.Actor, words string) ([]Answer, error) {
	if err := by.May(actor.ViewDesk); err != nil {
		return nil, err
	}
	q := s.db.Read()
	all, err := answers(ctx, q, by.Account)
	if err != nil {
		return nil, err
	}
	at, err := setup(ctx, q, by.Account)
	for i := range all {
		all[i].TeamName = named(at.Teams, all[i].Team)
	}
	return Search(all, words), err
}

// Search keeps the answers that have all the words; those with the first word in a keyword or name come first.
func Search(all []Answer, words string) []Answer {
	asked := strings.Fields(kittext.Fold(words))
	if len(asked) == 0 {
		return all
	}
	var head, rest []Answer
	for _, a := range all {
		title := kittext.Fold(a.Name + " " + a.Keywords)
		whole := title + " " + kittext.Fold(a.BodyEN+" "+a.BodyZH)
		if slices.ContainsFunc(asked, func(w string) bool { return !strings.Contains(whole, w) }) {
			continue
		}
		if strings.Contains(title, asked[0]) {
			head = append(head, a)
		} else {
			rest = append(rest, a)
		}
	}
	return append(head, rest...)
}

// SaveAnswer makes a canned answer or changes one. The desk's administrators may.
func (s *Service) SaveAnswer(ctx context.Context, by actor.Actor, a Answer) (Answer, error) {
	if err := by.May(actor.ManageDesk); err != nil {
		return a, err
	}
	a.Name, a.Keywords = kittext.Clean(a.Name), strings.Join(strings.Fields(kittext.Clean(a.Keywords)), " ")
	a.BodyEN, a.BodyZH = kittext.Lines(a.BodyEN), kittext.Lines(a.BodyZH)
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := answers(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		at, err := setup(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if a.ID != "" && !slices.ContainsFunc(all, func(x Answer) bool { return x.ID == a.ID }) {
			return fault.NotFound()
		}
		if err := a.check(at, all); err != nil {
			return err
		}
		given := a.ID
		if a.Desk = by.Account; a.ID == "" {
			a.ID, a.Edition = id.New("answer", tx.Wall), 1
			err = insertAnswer(ctx, tx, a)
		} else {
			err = stale(updateAnswer(ctx, tx, a))
			a.Edition++
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, "desk_answer", a.ID, map[string]any{"did": did(given), "name": a.Name})
	})
	return a, err
}

func (a Answer) check(at Setup, all []Answer) error {
	var fs fault.Fields
	checkName(&fs, a.Name)
	for _, x := range all {
		if x.ID != a.ID && kittext.Fold(x.Name) == kittext.Fold(a.Name) {
			fs.Add("name", a.Name, i18n.M("desk.name_taken", i18n.A{"name": a.Name}))
		}
	}
	if len([]rune(a.Keywords)) > 200 {
		fs.Add("keywords", a.Keywords, i18n.M("desk.too_long", i18n.A{"length": len([]rune(a.Keywords)), "most": 200}))
	}
	if _, ok := at.Team(a.Team); a.Team != "" && !ok {
		fs.Add("only_team", a.Team, i18n.M("desk.no_team"))
	}
	if a.BodyEN == "" && a.BodyZH == "" {
		fs.Add("body_en", "", i18n.M("desk.answer_empty"))
	}
	checkText(&fs, "body_en", a.BodyEN)
	checkText(&fs, "body_zh", a.BodyZH)
	if a.ID == "" && len(all) >= mostAnswers {
		fs.Add("name", a.Name, i18n.M("desk.too_many", i18n.A{"n": mostAnswers}))
	}
	return fs.Err()
}

// RemoveAnswer takes a canned answer away. The desk's administrators may.
func (s *Service) RemoveAnswer(ctx context.Context, by actor.Actor, answerID string, edition int64) error {
	if err := by.May(actor.ManageDesk); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := answers(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(a Answer) bool { return a.ID == answerID }) {
			return fault.NotFound()
		}
		if err := deleteAnswer(ctx, tx, by.Account, answerID, edition); err != nil {
			return stale(err)
		}
		return s.record(ctx, tx, by, "desk_answer", answerID, map[string]any{"did": "removed"})
	})
}
