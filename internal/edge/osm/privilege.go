package osm

import (
	"strconv"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/privilege"
	"hanse/internal/kit/i18n"
)

// delegated is the privilege of accounts that act for another one; nobody has it here.
const delegated = "assumeCaseAll"

// listPrivileges tells whether the caller has a privilege.
func listPrivileges(c *call) (any, error) {
	f := c.query()
	kind := f.mustWord("privilege", f.arg("privilege", 32), string(privilege.Export), string(privilege.Create), delegated)
	if err := f.err(); err != nil {
		return nil, err
	}
	has, err := false, error(nil)
	if kind != delegated {
		has, err = c.api.Privileges.Has(c.ctx(), c.by, privilege.Kind(kind))
	}
	return struct {
		Has int32 `json:"has_privilege"`
	}{flag(has)}, err
}

// createPrivileges changes the company's policy: with createCase, create makes opening depend on a grant; with export,
// create lets every user take lists away. delete turns either off.
func createPrivileges(c *call) (any, error) {
	in, err := decode[struct {
		Operation string `json:"operation"`
		Privilege string `json:"privilege"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	operation := f.mustWord("operation", in.Operation, "create", "delete")
	kind := f.mustWord("privilege", in.Privilege, string(privilege.Export), string(privilege.Create))
	if err := f.err(); err != nil {
		return nil, err
	}
	return nil, c.api.Privileges.Set(c.ctx(), c.by, privilege.Kind(kind), operation == "create")
}

// showCustomerPrivilegePolicy tells whether the company's policy for a privilege is on: for createCase, which is meant when
// none is named, that opening depends on a grant; for export, that everybody may take lists away.
func showCustomerPrivilegePolicy(c *call) (any, error) {
	f := c.query()
	kind := f.word("privilege", f.arg("privilege", 32), string(privilege.Export), string(privilege.Create), delegated)
	if err := f.err(); err != nil {
		return nil, err
	}
	p, err := c.api.Privileges.Policy(c.ctx(), c.by)
	on := p.CreateRestricted
	switch kind {
	case string(privilege.Export):
		on = p.ExportForAll
	case delegated:
		on = false
	}
	return struct {
		On bool `json:"policy_switch"`
	}{on}, err
}

// agreementKind reads the type of an agreement; new tickets when nobody says.
func (c *call) agreementKind() (agreement.Kind, error) {
	f := c.query()
	kind := f.word("agreement_type", f.arg("agreement_type", 2), "0", "1", "2")
	if kind == "" {
		kind = string(agreement.Ticket)
	}
	return agreement.Kind(kind), f.err()
}

// showLatestPublishedAgreement shows the version that holds.
func showLatestPublishedAgreement(c *call) (any, error) {
	kind, err := c.agreementKind()
	if err != nil {
		return nil, err
	}
	v, err := c.api.Agreements.Latest(c.ctx(), c.by, kind)
	if err != nil {
		return nil, err
	}
	type wireAgreement struct {
		ID       string `json:"id"`
		Name     string `json:"agreement_name"`
		Type     string `json:"agreement_type"`
		TypeName string `json:"agreement_type_name"`
		Content  string `json:"content"`
		Version  int64  `json:"version"`
	}
	return struct {
		Agreement wireAgreement `json:"case_agreement"`
	}{wireAgreement{strconv.FormatInt(v.ID(), 10), v.Title(c.lang()), string(v.Kind), i18n.Say(c.ctx(), v.Kind.Label()), v.Body(c.lang()), v.Version}}, nil
}

// showSignedLatestPublishedAgreement tells whether the caller signed it.
func showSignedLatestPublishedAgreement(c *call) (any, error) {
	kind, err := c.agreementKind()
	if err != nil {
		return nil, err
	}
	signed, err := c.api.Agreements.Signed(c.ctx(), c.by, kind)
	return struct {
		Signed bool `json:"is_signed_latest"`
	}{signed}, err
}

// signPublishedAgreement signs a version by its id.
func signPublishedAgreement(c *call) (any, error) {
	in, err := decode[struct {
		Relation string `json:"relation_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	id, err := strconv.ParseInt(c.path("id"), 10, 32)
	if err != nil {
		f.refuse("id", c.path("id"), i18n.M("wire.number"))
	}
	relation := f.line("relation_id", in.Relation, mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	no, err := c.api.Agreements.Sign(c.ctx(), c.by, id, relation)
	return struct {
		ID int64 `json:"agreement_signed_record_id"`
	}{no}, err
}
