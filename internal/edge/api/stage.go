package api

import (
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Stage is one level of a program whose levels are held side by side.
type Stage struct {
	Level         string         `json:"level"`
	Title         Words          `json:"title"`
	SelfGranted   bool           `json:"self_granted,omitempty" doc:"Choosing the path grants it"`
	Ready         bool           `json:"ready" doc:"An application would reach it now"`
	Qualification *Qualification `json:"qualification,omitempty" doc:"The running one"`
	Renewal       Renewal        `json:"renewal"`
}

func toStage(ctx context.Context, v *program.Version, day calendar.Day) func(qualification.Stage) Stage {
	return func(s qualification.Stage) Stage {
		out := Stage{Level: s.Level.ID, Title: toWords(s.Level.Title), SelfGranted: s.Level.SelfGranted, Ready: s.Ready, Renewal: toRenewal(ctx, s.Renewal)}
		if s.Held != nil {
			q := toQualification(*s.Held)
			q.Status = string(s.Held.Status(v, day))
			out.Qualification = &q
		}
		return out
	}
}

// Attached is a kind of material that a program asks for, with what an application attaches.
type Attached struct {
	Ask       string     `json:"ask"`
	Title     Words      `json:"title"`
	Need      int        `json:"need"`
	Materials []Material `json:"materials"`
}

func toAttached(x qualification.Attached) Attached {
	return Attached{x.Ask.ID, toWords(x.Ask.Title), x.Need, each(x.Materials, toMaterial)}
}

// Ban keeps a partner from applying in a program for some time.
type Ban struct {
	ID          string       `json:"id"`
	Program     string       `json:"program"`
	Application string       `json:"application"`
	Cause       string       `json:"cause" enum:"failed,terminated"`
	From        calendar.Day `json:"from" format:"date"`
	Until       calendar.Day `json:"until" format:"date" doc:"The first day on which one may apply again"`
	LiftedAt    time.Time    `json:"lifted_at,omitzero"`
	LiftReason  string       `json:"lift_reason,omitempty"`
	At          time.Time    `json:"at"`
}

func toBan(b qualification.Ban) Ban {
	return Ban{b.ID, b.Program, b.Application, string(b.Cause), b.From, b.Until, b.LiftedAt, b.LiftReason, b.At}
}

func toBanAt(b *qualification.Ban) *Ban {
	if b == nil {
		return nil
	}
	out := toBan(*b)
	return &out
}

// Attestation is what a reviewer saw and programs ask for.
type Attestation struct {
	ID          string       `json:"id"`
	What        string       `json:"what" doc:"As program lines name it"`
	On          calendar.Day `json:"on" format:"date"`
	Until       calendar.Day `json:"until,omitzero" format:"date" doc:"Inclusive; absent: open"`
	Note        string       `json:"note"`
	By          string       `json:"recorded_by"`
	WithdrawnAt time.Time    `json:"withdrawn_at,omitzero"`
	At          time.Time    `json:"at"`
}

func toAttestation(x qualification.Attestation) Attestation {
	return Attestation{x.ID, x.What, x.On, x.Until, x.Note, x.RecordedName, x.WithdrawnAt, x.At}
}

// materialChoice is a material that could be attached.
type materialChoice struct {
	Material
	Chosen bool `json:"chosen"`
	Fits   bool `json:"fits" doc:"The level takes it"`
}

// stages are the operations about reviews in phases, materials of applications, bans and attestations.
func (a *API) stages() {
	const app = "/api/v1/applications/{application}/materials"
	add(a, Operation{Method: "POST", Path: "/api/v1/reviews/{application}/pass", ID: "pass_phase", Tag: "reviews", Summary: "Pass the phase of a review; after the technical one somebody else countersigns", Verb: actor.DecideReview},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body struct {
				AtEdition
				Note string `json:"note,omitempty" maxLength:"4000" doc:"For the vendor's staff"`
			}
		}) (Application, error) {
			x, err := a.Qualification.Pass(ctx, by, in.Application, in.Body.Edition, in.Body.Note)
			return toApplication(x), err
		})
	add(a, Operation{Method: "GET", Path: app, ID: "list_material_choices", Tag: "applications", Summary: "What could be attached to an application", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *ApplicationPath) (out struct {
			Materials []materialChoice `json:"materials"`
		}, err error) {
			list, err := a.Qualification.MaterialChoices(ctx, by, in.Application)
			out.Materials = each(list, func(c qualification.MaterialChoice) materialChoice {
				return materialChoice{toMaterial(c.Material), c.Chosen, c.Fits}
			})
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: app, ID: "attach_materials", Tag: "applications", Summary: "Set the materials of an application", Verb: actor.EditApplication},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body struct {
				AtEdition
				Materials []string `json:"materials" maxItems:"200" doc:"Their ids"`
			}
		}) (Application, error) {
			x, err := a.Qualification.AttachMaterials(ctx, by, in.Application, in.Body.Edition, in.Body.Materials)
			return toApplication(x), err
		})
	a.bans()
	a.attestations()
}

func (a *API) bans() {
	const tag, path = "reviews", "/api/v1/partners/{partner}/bans"
	add(a, Operation{Method: "GET", Path: path, ID: "list_bans", Tag: tag, Summary: "Bans of a partner, running and over", Verb: actor.ViewApplication},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Bans []Ban `json:"bans"`
		}, err error) {
			list, err := a.Qualification.Bans(ctx, by, in.Partner)
			out.Bans = each(list, toBan)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path + "/{ban}/lift", ID: "lift_ban", Tag: tag, Summary: "End a ban before its time", Verb: actor.LiftBan},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Ban string `path:"ban" maxLength:"40"`
			ReasonBody
		}) (none, error) {
			return none{}, a.Qualification.LiftBan(ctx, by, in.Partner, in.Ban, in.Body.Reason)
		})
}

func (a *API) attestations() {
	const tag, path = "reviews", "/api/v1/partners/{partner}/attestations"
	add(a, Operation{Method: "GET", Path: path, ID: "list_attestations", Tag: tag, Summary: "What reviewers attested of a partner, and what programs ask for", Verb: actor.ViewApplication},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Attestations []Attestation     `json:"attestations"`
			Kinds        []attestationKind `json:"kinds"`
		}, err error) {
			list, err := a.Qualification.Attestations(ctx, by, in.Partner)
			out.Attestations = each(list, toAttestation)
			out.Kinds = each(a.Qualification.AttestationKinds(), func(k qualification.AttestationKind) attestationKind {
				return attestationKind{k.What, i18n.Say(ctx, k.Title)}
			})
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "record_attestation", Tag: tag, Status: 201, Summary: "Attest what was seen: a trial lecture, a meeting", Verb: actor.RecordInspection},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				What  string       `json:"what" maxLength:"64"`
				On    calendar.Day `json:"on" format:"date"`
				Until calendar.Day `json:"until,omitempty" format:"date" doc:"Inclusive; absent: open"`
				Note  string       `json:"note" maxLength:"4000"`
			}
		}) (Attestation, error) {
			b := in.Body
			x, err := a.Qualification.Attest(ctx, by, qualification.NewAttestation{Partner: in.Partner, What: b.What, On: b.On, Until: b.Until, Note: b.Note})
			return toAttestation(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{attestation}/withdraw", ID: "withdraw_attestation", Tag: tag, Summary: "Take an attestation back", Verb: actor.RecordInspection},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Attestation string `path:"attestation" maxLength:"40"`
			ReasonBody
		}) (none, error) {
			return none{}, a.Qualification.WithdrawAttestation(ctx, by, in.Partner, in.Attestation, in.Body.Reason)
		})
}

// attestationKind is something that a program asks a reviewer to attest.
type attestationKind struct {
	What  string `json:"what"`
	Title string `json:"title"`
}
