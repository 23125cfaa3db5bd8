package ticket

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const columns = `t.account_id, t.no, t.account_name, t.state, t.before_state, t.edition, t.title, t.text, t.desk_id, t.desk_name, t.vendor_desk, t.was_vendor,
	t.partner_id, t.partner_name, t.handed, t.opened_by, t.opened_name, t.opened_main, t.source, t.lang, t.problem_type, t.case_type, t.technical, t.category,
	t.product, t.region, t.severity, t.plan, t.plan_owner, t.serial, t.team_id, t.team_name, t.owner_id, t.owner_name, t.cc, t.detail, t.judgement, t.score,
	t.score_of, t.root_cause, t.solution, t.urged, t.urged_at, t.opened_at, t.accepted_at, t.first_reply_at, t.solved_at, t.state_at, t.touched_at,
	t.auto_close_at, t.resume_at, t.scored_at, t.customer_seq, t.desk_seq, t.merged_into, t.drawn, t.drawn_from, t.due_at, t.due_kind, t.breached`

// never is the due instant of a ticket without a running clock: it sorts behind all others.
const never = 9_000_000_000_000_000_000

// A detail is what a ticket is shown with and never searched by.
type detail struct {
	Type      taxonomy.Names    `json:"type"`
	Category  taxonomy.Names    `json:"category,omitzero"`
	Product   taxonomy.Names    `json:"product,omitzero"`
	Region    taxonomy.Names    `json:"region,omitzero"`
	Severity  taxonomy.Names    `json:"severity,omitzero"`
	Contact   Contact           `json:"contact,omitzero"`
	Project   string            `json:"project,omitempty"`
	Extra     map[string]string `json:"extra,omitempty"`
	Extension map[string]string `json:"extension,omitempty"`
	Routing   *i18n.Msg         `json:"routing,omitempty"`
}

func (t Ticket) detail() (string, error) {
	d := detail{Type: t.TypeNames, Category: t.CategoryNames, Product: t.ProductNames, Region: t.RegionNames, Severity: t.SeverityNames, Contact: t.Contact,
		Project: t.Project, Extra: t.Extra, Extension: t.Extension}
	if !t.Routing.IsZero() {
		d.Routing = &t.Routing
	}
	b, err := json.Marshal(d)
	return string(b), err
}

func (t *Ticket) detailed(text string) error {
	var d detail
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return err
	}
	t.TypeNames, t.CategoryNames, t.ProductNames, t.RegionNames, t.SeverityNames = d.Type, d.Category, d.Product, d.Region, d.Severity
	if t.Contact, t.Project, t.Extra, t.Extension = d.Contact, d.Project, d.Extra, d.Extension; d.Routing != nil {
		t.Routing = *d.Routing
	}
	return nil
}

// targets are where a row's columns go; cc, detail and due need work afterwards.
func (t *Ticket) targets(cc, detail *string, due *int64) []any {
	return []any{&t.Account, &t.No, &t.AccountName, &t.State, &t.Before, &t.Edition, &t.Title, &t.Text, &t.Desk, &t.DeskName, &t.VendorDesk, &t.WasVendor,
		&t.Partner, &t.PartnerName, &t.Handed, &t.OpenedBy, &t.OpenedName, &t.OpenedMain, &t.Source, &t.Lang, &t.ProblemType, &t.CaseType, &t.Technical,
		&t.Category, &t.Product, &t.Region, &t.Severity, &t.Plan, &t.PlanOwner, &t.Serial, &t.Team, &t.TeamName, &t.Owner, &t.OwnerName, cc, detail,
		&t.Judgement, &t.Score, &t.ScoreOf, &t.RootCause, &t.Solution, &t.Urged, db.Time(&t.UrgedAt), db.Time(&t.OpenedAt), db.Time(&t.AcceptedAt),
		db.Time(&t.FirstReplyAt), db.Time(&t.SolvedAt), db.Time(&t.StateAt), db.Time(&t.TouchedAt), db.Time(&t.AutoCloseAt), db.Time(&t.ResumeAt),
		db.Time(&t.ScoredAt), &t.CustomerSeq, &t.DeskSeq, &t.MergedInto, &t.Drawn, &t.DrawnFrom, due, &t.DueKind, &t.Breached}
}

func (t *Ticket) finish(cc, detail string, due int64) error {
	if cc != "" {
		t.CC = strings.Split(cc, ",")
	}
	if due != never {
		t.Due = time.UnixMicro(due).UTC()
	}
	return t.detailed(detail)
}

func scan(r db.Row) (t Ticket, err error) {
	var cc, text string
	var due int64
	if err := r.Scan(t.targets(&cc, &text, &due)...); err != nil {
		return t, err
	}
	return t, t.finish(cc, text, due)
}

// values are a ticket's columns in their order.
func (t Ticket) values() ([]any, error) {
	detail, err := t.detail()
	return []any{t.Account, t.No, t.AccountName, int(t.State), int(t.Before), t.Edition, t.Title, t.Text, t.Desk, t.DeskName, t.VendorDesk, t.WasVendor,
		t.Partner, t.PartnerName, t.Handed, t.OpenedBy, t.OpenedName, t.OpenedMain, string(t.Source), t.Lang, t.ProblemType, t.CaseType, t.Technical,
		t.Category, t.Product, t.Region, t.Severity, string(t.Plan), t.PlanOwner, t.Serial, t.Team, t.TeamName, t.Owner, t.OwnerName,
		strings.Join(t.CC, ","), detail, t.Judgement, t.Score, t.ScoreOf, t.RootCause, t.Solution, t.Urged, db.Micros(t.UrgedAt), db.Micros(t.OpenedAt),
		db.Micros(t.AcceptedAt), db.Micros(t.FirstReplyAt), db.Micros(t.SolvedAt), db.Micros(t.StateAt), db.Micros(t.TouchedAt), db.Micros(t.AutoCloseAt),
		db.Micros(t.ResumeAt), db.Micros(t.ScoredAt), t.CustomerSeq, t.DeskSeq, t.MergedInto, t.Drawn, t.DrawnFrom, due(t.Due), string(t.DueKind),
		t.Breached}, err
}

func due(at time.Time) int64 {
	if at.IsZero() {
		return never
	}
	return at.UnixMicro()
}

// takeNumber is false when another ticket has the number.
func takeNumber(ctx context.Context, tx *db.Tx, no, account string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO ticket_number (no, account_id) VALUES ($1, $2) ON CONFLICT (no) DO NOTHING`, no, account)
	return n == 1, err
}

func insert(ctx context.Context, tx *db.Tx, t Ticket) error {
	v, err := t.values()
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO ticket (account_id, no, account_name, state, before_state, edition, title, text, desk_id, desk_name, vendor_desk,
		was_vendor, partner_id, partner_name, handed, opened_by, opened_name, opened_main, source, lang, problem_type, case_type, technical, category, product,
		region, severity, plan, plan_owner, serial, team_id, team_name, owner_id, owner_name, cc, detail, judgement, score, score_of, root_cause, solution,
		urged, urged_at, opened_at, accepted_at, first_reply_at, solved_at, state_at, touched_at, auto_close_at, resume_at, scored_at, customer_seq, desk_seq,
		merged_into, drawn, drawn_from, due_at, due_kind, breached, active)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30,
		$31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60,
		$61)`, append(v, t.State.Active())...)
}

// atPartners are the open tickets of an account that a partner's desk has or had, after a number.
func atPartners(ctx context.Context, q db.Querier, account, after string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT no FROM ticket WHERE account_id = $1 AND active = TRUE AND partner_id <> '' AND no > $2 ORDER BY no LIMIT $3`,
		account, after, limit)
}

// save writes a ticket that the transaction holds. What it was opened as (account, number, opener, instant) stays.
func save(ctx context.Context, tx *db.Tx, t Ticket, edition int64) error {
	v, err := t.values()
	if err != nil {
		return err
	}
	err = db.Change(ctx, tx, `UPDATE ticket SET account_name = $3, state = $4, before_state = $5, edition = $6, title = $7, text = $8, desk_id = $9,
		desk_name = $10, vendor_desk = $11, was_vendor = $12, partner_id = $13, partner_name = $14, handed = $15, opened_by = $16, opened_name = $17,
		opened_main = $18, source = $19, lang = $20, problem_type = $21, case_type = $22, technical = $23, category = $24, product = $25, region = $26,
		severity = $27, plan = $28, plan_owner = $29, serial = $30, team_id = $31, team_name = $32, owner_id = $33, owner_name = $34, cc = $35, detail = $36,
		judgement = $37, score = $38, score_of = $39, root_cause = $40, solution = $41, urged = $42, urged_at = $43, opened_at = $44, accepted_at = $45,
		first_reply_at = $46, solved_at = $47, state_at = $48, touched_at = $49, auto_close_at = $50, resume_at = $51, scored_at = $52, customer_seq = $53,
		desk_seq = $54, merged_into = $55, drawn = $56, drawn_from = $57, due_at = $58, due_kind = $59, breached = $60, active = $61
		WHERE account_id = $1 AND no = $2 AND edition = $62`, append(v, t.State.Active(), edition)...)
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

func found(t Ticket, err error) (Ticket, error) {
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return t, err
}

// Find reads a ticket by its number, for modules that look themselves at who asks; NotFound when there's none. A merged
// one is returned itself.
func Find(ctx context.Context, q db.Querier, no string) (Ticket, error) {
	if !IsNo(no) {
		return Ticket{}, fault.NotFound()
	}
	return found(db.One(ctx, q, scan, `SELECT `+columns+` FROM ticket_number n JOIN ticket t ON t.account_id = n.account_id AND t.no = n.no WHERE n.no = $1`, no))
}

// Following is Find of where a ticket's messages go: the one it was merged into, and so on.
func Following(ctx context.Context, q db.Querier, no string) (Ticket, error) {
	for range 20 {
		t, err := Find(ctx, q, no)
		if err != nil || t.MergedInto == "" {
			return t, err
		}
		no = t.MergedInto
	}
	return Ticket{}, errors.New("ticket " + no + " is merged in circles")
}

// lock reads a ticket in a transaction that is about to change it: others wait.
func lock(ctx context.Context, tx *db.Tx, account, no string) (Ticket, error) {
	if err := db.Change(ctx, tx, `UPDATE ticket SET edition = edition WHERE account_id = $1 AND no = $2`, account, no); err != nil {
		return found(Ticket{}, err)
	}
	return found(db.One(ctx, tx, scan, `SELECT `+columns+` FROM ticket t WHERE t.account_id = $1 AND t.no = $2`, account, no))
}

// ofNumbers reads tickets by their numbers, in one query.
func ofNumbers(ctx context.Context, q db.Querier, nos []string) (map[string]Ticket, error) {
	out := map[string]Ticket{}
	if len(nos) == 0 {
		return out, nil
	}
	in, args := db.In(1, nos)
	rows, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM ticket_number n JOIN ticket t ON t.account_id = n.account_id AND t.no = n.no WHERE n.no IN `+in, args...)
	for _, t := range rows {
		out[t.No] = t
	}
	return out, err
}

// setClocks mirrors what the clocks say.
func setClocks(ctx context.Context, tx *db.Tx, account, no string, c sla.Clocks) error {
	_, err := db.Exec(ctx, tx, `UPDATE ticket SET due_at = $3, due_kind = $4, breached = $5 WHERE account_id = $1 AND no = $2`,
		account, no, due(c.Due), string(c.DueKind), c.Breached)
	return err
}

// Latest are the newest numbers of tickets' sequences, in one query: for those who wait for something new.
func Latest(ctx context.Context, q db.Querier, nos []string) (map[string]int64, error) {
	out := map[string]int64{}
	if len(nos) == 0 {
		return out, nil
	}
	type row struct {
		no string
		n  int64
	}
	in, args := db.In(1, nos)
	rows, err := db.All(ctx, q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.no, &x.n) }, `SELECT t.no, t.edition FROM ticket_number n
		JOIN ticket t ON t.account_id = n.account_id AND t.no = n.no WHERE n.no IN `+in, args...)
	for _, x := range rows {
		out[x.no] = x.n
	}
	return out, err
}

// Load counts the unfinished tickets of a desk's users.
func Load(ctx context.Context, q db.Querier, desk string, users []string) (map[string]int64, error) {
	out := map[string]int64{}
	if len(users) == 0 {
		return out, nil
	}
	type row struct {
		user string
		n    int64
	}
	in, args := db.In(2, users)
	rows, err := db.All(ctx, q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.user, &x.n) }, `SELECT owner_id, COUNT(*) FROM ticket
		WHERE desk_id = $1 AND active = TRUE AND owner_id IN `+in+` GROUP BY owner_id`, append([]any{desk}, args...)...)
	for _, x := range rows {
		out[x.user] = x.n
	}
	return out, err
}

// keyed is what a request's key made before.
func keyed(ctx context.Context, q db.Querier, account, key string) (no, message string, ok bool, err error) {
	if key == "" {
		return "", "", false, nil
	}
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&no, &message) },
		`SELECT no, message_id FROM ticket_key WHERE account_id = $1 AND key = $2`, account, key)
	if errors.Is(err, db.ErrNoRow) {
		return "", "", false, nil
	}
	return no, message, err == nil, err
}

// takeKey is false when the key has been used: the transaction that used it is over by then.
func takeKey(ctx context.Context, tx *db.Tx, account, key, no, message string) (bool, error) {
	if key == "" {
		return true, nil
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO ticket_key (account_id, key, no, message_id, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, key) DO NOTHING`, account, key, no, message, db.Micros(tx.Now))
	return n == 1, err
}

func lastCopies(ctx context.Context, q db.Querier, account, user string) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT cc FROM ticket WHERE account_id = $1 AND opened_by = $2 AND cc <> '' ORDER BY opened_at DESC, no DESC LIMIT 1`,
		account, user)
}
