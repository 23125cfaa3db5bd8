package api

import (
	"context"
	"time"

	"hanse/internal/domain/material"
	"hanse/internal/kit/actor"
)

// Material is a case, business plan, solution or offering with its newest version.
type Material struct {
	ID            string          `json:"id"`
	Partner       string          `json:"partner"`
	Kind          string          `json:"kind" enum:"case,business-plan,solution,advanced-solution,offering"`
	State         string          `json:"state" enum:"draft,under_review,passed,failed,withdrawn"`
	Edition       int64           `json:"edition" doc:"Send it back with a change: a stale one is refused"`
	Version       int64           `json:"version"`
	PassedVersion int64           `json:"passed_version" doc:"The version that counts; 0: none"`
	Fields        material.Fields `json:"fields"`
	Reasons       []string        `json:"reasons" doc:"Why it failed or was revoked"`
	SubmittedAt   time.Time       `json:"submitted_at,omitzero"`
	ReviewDue     time.Time       `json:"review_due,omitzero"`
	DecidedAt     time.Time       `json:"decided_at,omitzero"`
	Reviewer      string          `json:"reviewer,omitempty"`
	CreatedAt     time.Time       `json:"created_at"`
	ChangedAt     time.Time       `json:"changed_at"`
}

func toMaterial(m material.Material) Material {
	return Material{m.ID, m.Account, string(m.Kind), string(m.State), m.Edition, m.Version, m.PassedVersion, m.Fields, append([]string{}, m.Reasons...),
		m.SubmittedAt, m.ReviewDue, m.DecidedAt, m.ReviewerName, m.CreatedAt, m.ChangedAt}
}

// MaterialFile is one document of a version.
type MaterialFile struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Media   string    `json:"media"`
	Size    int64     `json:"size"`
	AddedAt time.Time `json:"added_at"`
}

func toMaterialFile(f material.File) MaterialFile {
	return MaterialFile{f.ID, f.Name, f.Media, f.Size, f.AddedAt}
}

type materialEdition struct {
	Version     int64           `json:"version"`
	Fields      material.Fields `json:"fields"`
	Result      string          `json:"result" enum:",passed,failed,revoked,taken_back"`
	Reasons     []string        `json:"reasons"`
	SubmittedAt time.Time       `json:"submitted_at"`
	DecidedAt   time.Time       `json:"decided_at,omitzero"`
	Files       []MaterialFile  `json:"files"`
}

// MaterialView is a material with its files, versions and uses.
type MaterialView struct {
	Material
	Files        []MaterialFile    `json:"files"`
	Editions     []materialEdition `json:"versions"`
	Applications []string          `json:"applications" doc:"Applications that it was handed in with"`
}

func toMaterialView(v material.View) MaterialView {
	return MaterialView{toMaterial(v.Material), each(v.Files, toMaterialFile), each(v.Editions, func(e material.Edition) materialEdition {
		return materialEdition{e.Version, e.Fields, e.Result, append([]string{}, e.Reasons...), e.SubmittedAt, e.DecidedAt, each(e.Files, toMaterialFile)}
	}), each(v.Uses, func(u material.Use) string { return u.Application })}
}

type materialPath struct {
	Material string `path:"material" maxLength:"40"`
}

// materialList is one page of materials.
type materialList struct {
	Materials []Material `json:"materials"`
	Next      string     `json:"next_cursor,omitempty"`
}

// materialWord is what a step needs: the edition as it was read, and reasons to fail or revoke.
type materialWord struct {
	Edition int64    `json:"edition"`
	Reasons []string `json:"reasons,omitempty" maxItems:"50" doc:"Needed to fail or to revoke"`
}

func (a *API) materials() {
	const tag, path = "materials", "/api/v1/materials/{material}"
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/materials", ID: "list_materials", Tag: tag, Summary: "A partner's cases, plans, solutions and offerings, newest first", Verb: actor.ViewMaterial},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			PageIn
			Kind  string `query:"kind" enum:"case,business-plan,solution,advanced-solution,offering"`
			State string `query:"state" enum:"draft,under_review,passed,failed,withdrawn"`
		}) (out materialList, err error) {
			list, next, err := a.Material.List(ctx, by, material.Filter{Account: in.Partner, Kind: material.Kind(in.Kind), State: material.State(in.State),
				After: in.Cursor, Limit: in.Limit})
			return materialList{each(list, toMaterial), next}, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/materials", ID: "create_material", Tag: tag, Status: 201, Summary: "Start a draft", Verb: actor.EditMaterial},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Kind   string          `json:"kind" enum:"case,business-plan,solution,advanced-solution,offering"`
				Fields material.Fields `json:"fields"`
			}
		}) (Material, error) {
			m, err := a.Material.Create(ctx, by, material.NewMaterial{Partner: in.Partner, Kind: material.Kind(in.Body.Kind), Fields: in.Body.Fields})
			return toMaterial(m), err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "show_material", Tag: tag, Summary: "A material with its files and versions", Verb: actor.ViewMaterial},
		func(ctx context.Context, by actor.Actor, in *materialPath) (MaterialView, error) {
			v, err := a.Material.Material(ctx, by, in.Material)
			return toMaterialView(v), err
		})
	add(a, Operation{Method: "PUT", Path: path, ID: "save_material", Tag: tag, Summary: "Store the entries of a draft or a failed version", Verb: actor.EditMaterial},
		func(ctx context.Context, by actor.Actor, in *struct {
			materialPath
			Body struct {
				Edition int64           `json:"edition"`
				Fields  material.Fields `json:"fields"`
			}
		}) (Material, error) {
			m, err := a.Material.Save(ctx, by, in.Material, in.Body.Edition, in.Body.Fields)
			return toMaterial(m), err
		})
	a.materialSteps(path)
	a.materialFiles(path + "/files")
}

// materialSteps are the changes of state, one operation each.
func (a *API) materialSteps(path string) {
	type step = func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error)
	for _, x := range []struct {
		name, id, summary string
		verb              actor.Verb
		do                step
	}{
		{"submit", "submit_material", "Hand a version in for review", actor.EditMaterial, func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error) {
			return a.Material.Submit(ctx, by, id, w.Edition)
		}},
		{"take-back", "take_back_material", "Take a version out of review", actor.EditMaterial, func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error) {
			return a.Material.TakeBack(ctx, by, id, w.Edition)
		}},
		{"revise", "revise_material", "Begin a new version of a passed material", actor.EditMaterial, func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error) {
			return a.Material.Revise(ctx, by, id, w.Edition)
		}},
		{"withdraw", "withdraw_material", "Give up a draft or a failed version", actor.EditMaterial, func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error) {
			return a.Material.Withdraw(ctx, by, id, w.Edition)
		}},
		{"pass", "pass_material", "Let a version pass", actor.ReviewMaterial, func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error) {
			return a.Material.Pass(ctx, by, id, w.Edition)
		}},
		{"fail", "fail_material", "Send a version back with reasons", actor.ReviewMaterial, func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error) {
			return a.Material.Fail(ctx, by, id, w.Edition, w.Reasons)
		}},
		{"revoke", "revoke_material", "Let a passed version count no longer", actor.ReviewMaterial, func(ctx context.Context, by actor.Actor, id string, w materialWord) (material.Material, error) {
			return a.Material.Revoke(ctx, by, id, w.Edition, w.Reasons)
		}},
	} {
		add(a, Operation{Method: "POST", Path: path + "/" + x.name, ID: x.id, Tag: "materials", Summary: x.summary, Verb: x.verb},
			func(ctx context.Context, by actor.Actor, in *struct {
				materialPath
				Body materialWord
			}) (Material, error) {
				m, err := x.do(ctx, by, in.Material, in.Body)
				return toMaterial(m), err
			})
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/reviews/materials", ID: "list_material_reviews", Tag: "reviews", Summary: "Materials that wait for a decision, the most urgent first", Verb: actor.ListReviews},
		func(ctx context.Context, by actor.Actor, in *PageIn) (materialList, error) {
			list, next, err := a.Material.Queue(ctx, by, material.QueueFilter{After: in.Cursor, Limit: in.Limit})
			return materialList{each(list, func(q material.QueueItem) Material { return toMaterial(q.Material) }), next}, err
		})
}

func (a *API) materialFiles(path string) {
	const tag = "materials"
	add(a, Operation{Method: "POST", Path: path, ID: "add_material_file", Tag: tag, Status: 201, Verb: actor.EditMaterial, Takes: []string{typePDF, typePNG, typeJPEG, typeForm},
		Summary: "Add a document to the version being worked on"},
		func(ctx context.Context, by actor.Actor, in *struct {
			materialPath
			Name string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
		}) (MaterialFile, error) {
			if err := by.May(actor.EditMaterial); err != nil {
				return MaterialFile{}, err // before the file is read
			}
			file, err := upload(ctx, maxUpload, in.Name)
			if err != nil {
				return MaterialFile{}, err
			}
			f, err := a.Material.AddFile(ctx, by, in.Material, file.name, file)
			return toMaterialFile(f), err
		})
	type filePath struct {
		materialPath
		File string `path:"file" maxLength:"40"`
	}
	addFile(a, Operation{Method: "GET", Path: path + "/{file}", ID: "download_material_file", Tag: tag, Summary: "A document of any version", Verb: actor.ViewMaterial, Gives: []string{typePDF, typePNG, typeJPEG}},
		func(ctx context.Context, by actor.Actor, in *filePath) (document, error) {
			f, x, err := a.Material.OpenFile(ctx, by, in.Material, in.File)
			if err != nil {
				return document{}, err
			}
			return opened(f, x.Name, x.Media, x.Size), nil
		})
	add(a, Operation{Method: "DELETE", Path: path + "/{file}", ID: "remove_material_file", Tag: tag, Summary: "Take a document out of the version being worked on", Verb: actor.EditMaterial},
		func(ctx context.Context, by actor.Actor, in *filePath) (none, error) {
			return none{}, a.Material.RemoveFile(ctx, by, in.Material, in.File)
		})
}
