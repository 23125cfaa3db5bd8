package api

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/eligibility"
	"hanse/internal/domain/tier"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// SubAccount is an account under a master, or one that is asked to be.
type SubAccount struct {
	ID         string    `json:"id"`
	Account    string    `json:"account_id"`
	Name       string    `json:"account_name"`
	Master     string    `json:"master_id"`
	MasterName string    `json:"master_name"`
	State      string    `json:"state" enum:"asked,active,refused,withdrawn,ended"`
	SameName   bool      `json:"same_company_name"`
	RenameTo   string    `json:"rename_to,omitempty" doc:"The master asks for this name"`
	AskedAt    time.Time `json:"asked_at"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
}

func toSub(x account.SubAccount) SubAccount {
	return SubAccount{x.ID, x.Account, x.Name, x.Master, x.MasterName, string(x.State), x.SameCompany(), x.RenameTo, x.AskedAt, x.EndedAt}
}

// MayBuy says whether an account may buy a support plan.
type MayBuy struct {
	May    bool          `json:"may_buy"`
	Direct bool          `json:"direct" doc:"As a service partner"`
	Master string        `json:"master_id,omitempty"`
	Points []MayBuyPoint `json:"points"`
}

// MayBuyPoint is one condition.
type MayBuyPoint struct {
	ID   string `json:"id" enum:"active,service,master,name"`
	Met  bool   `json:"met"`
	Text string `json:"text"`
	Mend string `json:"remedy,omitempty"`
	Href string `json:"page,omitempty"`
}

// CustomerTier is an account's tier.
type CustomerTier struct {
	Tier      string    `json:"tier,omitempty" doc:"V0 to V5; missing = none"`
	Earned    string    `json:"earned,omitempty"`
	Stated    string    `json:"stated,omitempty" doc:"By the vendor"`
	Reason    string    `json:"reason,omitempty"`
	Year      int       `json:"year,omitempty"`
	Spent     string    `json:"spent"`
	Next      string    `json:"next_from,omitempty" doc:"Spending from which the next level holds"`
	Grace     int       `json:"grace_days"`
	Retention int       `json:"retention_days"`
	At        time.Time `json:"computed_at,omitzero"`
	Edition   int64     `json:"edition"`
}

func toTier(t tier.Tier) CustomerTier {
	out := CustomerTier{Tier: t.Name(), Earned: tier.Name(t.Earned), Stated: tier.Name(t.Stated), Reason: t.Reason, Year: t.Year, Spent: money.Text(t.Spent), Grace: t.Grace,
		Retention: t.Retention, At: t.ComputedAt, Edition: t.Edition}
	if t.Next > 0 {
		out.Next = money.Text(t.Next)
	}
	return out
}

type ofAccount struct {
	Account string `path:"account" maxLength:"32"`
}

type relation struct {
	ID string `path:"id" maxLength:"40"`
}

func (a *API) subAccounts() {
	const tag, path = "Sub-accounts", "/api/v1/sub-accounts"
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts/{account}/sub-accounts", ID: "list_sub_accounts", Tag: tag, Summary: "Sub-accounts, the master, and questions to answer", Verb: actor.ViewSubAccounts},
		func(ctx context.Context, by actor.Actor, in *ofAccount) (out struct {
			Subs   []SubAccount `json:"sub_accounts"`
			Master *SubAccount  `json:"master,omitempty"`
			Asked  []SubAccount `json:"asked"`
		}, err error) {
			own, err := a.Accounts.SubAccountsOf(ctx, by, in.Account)
			out.Subs, out.Asked = each(own.Subs, toSub), each(own.Asked, toSub)
			if own.Master != nil {
				x := toSub(*own.Master)
				out.Master = &x
			}
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "ask_sub_account", Tag: tag, Summary: "Ask an account to belong under one's own", Verb: actor.ManageSubAccounts},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Account string `json:"account_id" maxLength:"32"`
				Name    string `json:"account_name" maxLength:"200" doc:"As it is registered"`
			}
		}) (SubAccount, error) {
			x, err := a.Accounts.AskSub(ctx, by, in.Body.Account, in.Body.Name)
			return toSub(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/new", ID: "create_sub_account", Tag: tag, Summary: "Create a sub-account with one's own company name", Verb: actor.ManageSubAccounts},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Contact string `json:"contact" maxLength:"100"`
				Email   string `json:"email" maxLength:"254"`
				Phone   string `json:"phone,omitempty" maxLength:"50"`
				Lang    string `json:"language,omitempty" maxLength:"10"`
			}
		}) (SubAccount, error) {
			b := in.Body
			x, err := a.Accounts.CreateSub(ctx, by, account.NewSub{Contact: b.Contact, Email: b.Email, Phone: b.Phone, Lang: b.Lang})
			return toSub(x), err
		})
	a.subSteps(tag, path)
	a.tiers()
}

// subSteps are what becomes of a relation.
func (a *API) subSteps(tag, path string) {
	step := func(name, id, summary string, verb actor.Verb, do func(ctx context.Context, by actor.Actor, relation string) error) {
		add(a, Operation{Method: "POST", Path: path + "/{id}/" + name, ID: id, Tag: tag, Summary: summary, Verb: verb},
			func(ctx context.Context, by actor.Actor, in *relation) (none, error) {
				return none{}, do(ctx, by, in.ID)
			})
	}
	s := a.Accounts
	yes := func(f func(context.Context, actor.Actor, string, bool) error, accept bool) func(context.Context, actor.Actor, string) error {
		return func(ctx context.Context, by actor.Actor, relation string) error { return f(ctx, by, relation, accept) }
	}
	step("accept", "accept_master_account", "Accept a master", actor.AnswerSubAccounts, yes(s.AnswerSub, true))
	step("refuse", "refuse_master_account", "Refuse a master", actor.AnswerSubAccounts, yes(s.AnswerSub, false))
	step("withdraw", "withdraw_sub_account", "Take a question back", actor.ManageSubAccounts, s.WithdrawSub)
	step("end", "end_sub_account", "Part a sub-account from its master", actor.AnswerSubAccounts, s.EndSub)
	step("ask-rename", "ask_rename_sub_account", "Ask a sub-account to take the master's company name", actor.ManageSubAccounts, s.AskRename)
	step("rename", "rename_sub_account", "Take the master's company name", actor.AnswerSubAccounts, yes(s.Rename, true))
	step("decline-rename", "decline_rename_sub_account", "Decline to be renamed", actor.AnswerSubAccounts, yes(s.Rename, false))
}

func (a *API) tiers() {
	const tag, path = "Customer tiers", "/api/v1/accounts/{account}"
	add(a, Operation{Method: "GET", Path: path + "/may-buy", ID: "show_may_buy", Tag: tag, Summary: "Whether an account may buy a support plan, and what is missing", Verb: actor.ViewSubAccounts},
		func(ctx context.Context, by actor.Actor, in *ofAccount) (MayBuy, error) {
			x, err := a.Eligibility.Who(ctx, by, in.Account)
			return MayBuy{x.May, x.Direct, x.Master, each(x.Points, func(p eligibility.Point) MayBuyPoint {
				return MayBuyPoint{p.ID, p.Met, i18n.Say(ctx, p.Text), i18n.Say(ctx, p.Mend), p.Href}
			})}, err
		})
	add(a, Operation{Method: "GET", Path: path + "/tier", ID: "show_tier", Tag: tag, Summary: "An account's customer tier", Verb: actor.ViewTiers},
		func(ctx context.Context, by actor.Actor, in *ofAccount) (CustomerTier, error) {
			t, _, err := a.Tier.Tier(ctx, by, in.Account)
			return toTier(t), err
		})
	add(a, Operation{Method: "PUT", Path: path + "/tier", ID: "state_tier", Tag: tag, Summary: "State a tier, or lift what was stated", Verb: actor.StateTiers},
		func(ctx context.Context, by actor.Actor, in *struct {
			ofAccount
			Body struct {
				Level   int    `json:"level" minimum:"-1" maximum:"5" doc:"-1 = by spending"`
				Reason  string `json:"reason" maxLength:"1000"`
				Edition int64  `json:"edition,omitempty"`
			}
		}) (CustomerTier, error) {
			t, err := a.Tier.State(ctx, by, tier.Statement{Account: in.Account, Level: in.Body.Level, Reason: in.Body.Reason, Edition: in.Body.Edition})
			return toTier(t), err
		})
}
