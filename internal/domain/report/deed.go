package report

import (
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// A Deed is a verb that leaves an audit entry, in words.
type Deed struct {
	Verb actor.Verb
	Name i18n.Msg
}

// deeds are the verbs that change something, by module.
var deeds = []Deed{
	{actor.SignIn, i18n.M("report.deed.sign_in")},
	{actor.ResetPassword, i18n.M("report.deed.reset_password")},
	{actor.OwnSession, i18n.M("report.deed.own_session")},
	{actor.OwnKey, i18n.M("report.deed.own_key")},
	{actor.IssueToken, i18n.M("report.deed.issue_token")},
	{actor.RegisterPartner, i18n.M("report.deed.register")},
	{actor.DecidePartner, i18n.M("report.deed.decide_partner")},
	{actor.InvitePartner, i18n.M("report.deed.invite_partner")},
	{actor.EditAccount, i18n.M("report.deed.edit_account")},
	{actor.FreezeAccount, i18n.M("report.deed.freeze")},
	{actor.ManageUsers, i18n.M("report.deed.manage_users")},
	{actor.AcceptInvite, i18n.M("report.deed.accept")},
	{actor.CreateAccounts, i18n.M("report.deed.create")},
	{actor.Associate, i18n.M("report.deed.associate")},
	{actor.ImportRoster, i18n.M("report.deed.import_roster")},
	{actor.ImportRecords, i18n.M("report.deed.import_records")},
	{actor.EditRoster, i18n.M("report.deed.edit_roster")},
	{actor.ReportExit, i18n.M("report.deed.report_exit")},
	{actor.EditServiceFacts, i18n.M("report.deed.edit_facts")},
	{actor.ManagePrograms, i18n.M("report.deed.manage_programs")},
	{actor.EditApplication, i18n.M("report.deed.edit_application")},
	{actor.DecideReview, i18n.M("report.deed.decide_review")},
	{actor.RecordInspection, i18n.M("report.deed.inspect")},
	{actor.SuspendOrCancel, i18n.M("report.deed.suspend")},
	{actor.EditMaterial, i18n.M("report.deed.edit_material")},
	{actor.ReviewMaterial, i18n.M("report.deed.review_material")},
	{actor.OwnDeclaration, i18n.M("declaration.deed.own")},
	{actor.ReviewDeclaration, i18n.M("declaration.deed.review")},
	{actor.InviteCustomers, i18n.M("customers.deed.invite")},
	{actor.CreateCustomers, i18n.M("customers.deed.create")},
	{actor.ManageCustomers, i18n.M("customers.deed.manage")},
	{actor.FreezeCustomers, i18n.M("customers.deed.freeze")},
	{actor.AnswerOffer, i18n.M("customers.deed.offer")},
	{actor.ChangeAssociation, i18n.M("customers.deed.change")},
	{actor.MoveCustomers, i18n.M("customers.deed.move")},
	{actor.RestrictPartner, i18n.M("customers.deed.restrict")},
	{actor.DoDuties, i18n.M("duties.deed.do")},
	{actor.AnswerDuties, i18n.M("duties.deed.answer")},
	{actor.PublishPolicy, i18n.M("duties.deed.publish")},
	{actor.ChoosePath, i18n.M("report.deed.choose_path")},
	{actor.InvitePath, i18n.M("report.deed.invite_path")},
	{actor.ManageRounds, i18n.M("report.deed.manage_rounds")},
	{actor.EnterRound, i18n.M("report.deed.enter_round")},
	{actor.AskDelegation, i18n.M("delegation.deed.ask")},
	{actor.AnswerDelegation, i18n.M("delegation.deed.answer")},
	{actor.SetBudgets, i18n.M("budget.deed.set")},
	{actor.CheckBooks, i18n.M("books.deed")},
	{actor.RetryJob, i18n.M("report.deed.retry_job")},
	{actor.ChangeSettings, i18n.M("report.deed.change_setting")},
}

// Deeds lists what the audit log tells of.
func Deeds() []Deed { return deeds }

// DeedName is a verb in words; one without words of its own is named as the permission table names it.
func DeedName(v actor.Verb) i18n.Msg {
	for _, d := range deeds {
		if d.Verb == v {
			return d.Name
		}
	}
	return i18n.M("report.deed.other", i18n.A{"verb": string(v)})
}
