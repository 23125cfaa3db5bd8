package system

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/setting"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

type settingsView struct {
	Shell  page.ShellView
	Values []setting.Value
}

func (p pages) settings(w http.ResponseWriter, r *http.Request) error {
	values, err := p.Setting.List(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, settingsPage(settingsView{p.Shell(r, i18n.M("system.settings.title")), values}))
}

func (p pages) exportSettings(r *http.Request, _ door.Door) (door.Table, error) {
	values, err := p.Setting.List(r.Context(), site.By(r))
	var rows [][]string
	for _, x := range values {
		rows = append(rows, []string{string(x.Key), i18n.Say(r.Context(), x.Label), x.Value, x.Default, x.Source, stamp(x.EffectiveAt), x.ChangedBy})
	}
	header := []string{"key", "setting", "value", "default", "source", "effective_at", "changed_by"}
	return door.Table{Name: "settings", Header: header, Rows: sheet.Rows(rows)}, err
}

type settingView struct {
	Shell   page.ShellView
	History []setting.Value // newest first, the default last
	Change  bool
	Log     bool // the reader may see the log of actions
	Errs    []ui.FieldError
	Value   string // as typed
	From    string
}

// Now is the value in force.
func (v settingView) Now() setting.Value {
	for _, x := range v.History {
		if !x.Planned {
			return x
		}
	}
	return v.History[len(v.History)-1]
}

func (p pages) setting(w http.ResponseWriter, r *http.Request) error {
	v, err := p.oneSetting(r)
	if err != nil {
		return err
	}
	v.Value = v.Now().Value
	return p.Show(w, r, http.StatusOK, settingPage(v))
}

func (p pages) oneSetting(r *http.Request) (settingView, error) {
	by := site.By(r)
	history, err := p.Setting.History(r.Context(), by, setting.Key(r.PathValue("key")))
	if err != nil {
		return settingView{}, err
	}
	return settingView{Shell: p.Shell(r, history[0].Label), History: history, Change: by.Can(actor.ChangeSettings), Log: by.Can(actor.ViewAudit)}, nil
}

// change sets a value from the beginning of a day on, or from now on when no day is named.
func (p pages) change(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := setting.Change{Key: setting.Key(r.PathValue("key")), Value: r.PostFormValue("value")}
	d, err := calendar.ParseOptional(r.PostFormValue("effective_at"))
	if err != nil {
		err = fault.Invalid("effective_at", i18n.M("system.setting.bad_day"))
	} else if today := calendar.DayOf(p.Clock.Now()); !d.IsNone() && d != today {
		in.EffectiveAt = d.Time()
	}
	if err == nil {
		err = p.Setting.Change(r.Context(), site.By(r), in)
	}
	if err == nil {
		return p.Go(w, r, "/system/settings/"+string(in.Key), i18n.M("system.setting.changed"))
	}
	v, missing := p.oneSetting(r)
	if missing != nil {
		return missing
	}
	v.Value, v.From = in.Value, r.PostFormValue("effective_at")
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs, v.Shell.Invalid = errs, true
		return settingPage(v)
	})
}

// area groups settings by the first word of their key.
func area(ctx context.Context, k setting.Key) string {
	switch head(string(k)) {
	case "code", "session", "login", "token", "key", "invitation":
		return i18n.T(ctx, "system.settings.sign_in")
	case "upload", "import", "list":
		return i18n.T(ctx, "system.settings.files")
	}
	return i18n.T(ctx, "system.settings.programs")
}

func unit(ctx context.Context, u string) string {
	switch u {
	case "d":
		return i18n.T(ctx, "system.unit.days")
	case "B":
		return i18n.T(ctx, "system.unit.bytes")
	}
	return ""
}

// source says where a default comes from.
func source(ctx context.Context, s string) string {
	if s == "PROP" {
		return i18n.T(ctx, "system.source.ours")
	}
	return i18n.T(ctx, "system.source.from", i18n.A{"name": s})
}

// A settingGroup is one card of the list.
type settingGroup struct {
	ID, Title string
	Values    []setting.Value
}

func (v settingsView) groups(ctx context.Context) (out []settingGroup) {
	for _, x := range v.Values {
		title := area(ctx, x.Key)
		i := 0
		for i < len(out) && out[i].Title != title {
			i++
		}
		if i == len(out) {
			out = append(out, settingGroup{ID: "settings-" + strconv.Itoa(i), Title: title})
		}
		out[i].Values = append(out[i].Values, x)
	}
	return out
}

// changed counts the settings that aren't at their default.
func (v settingsView) changed() (n int) {
	for _, x := range v.Values {
		if !x.Planned && x.Value != x.Default {
			n++
		}
	}
	return n
}

func (v settingView) state(ctx context.Context) string {
	now := v.Now()
	return i18n.T(ctx, "system.setting.state", i18n.A{"value": i18n.Raw(now.Value), "unit": i18n.Raw(unit(ctx, now.Unit)), "default": i18n.Raw(now.Default)})
}

func (v settingView) next(ctx context.Context) string {
	if v.Change {
		return i18n.T(ctx, "system.setting.next")
	}
	return i18n.T(ctx, "system.setting.next_read")
}

// hint says how a value is written.
func (v settingView) hint(ctx context.Context) string {
	d := v.Now().Def
	bounds := i18n.A{"min": d.Min, "max": d.Max}
	switch d.Kind {
	case setting.DurationKind:
		return i18n.T(ctx, "system.hint.duration", i18n.A{"min": (time.Duration(d.Min) * time.Second).String(), "max": (time.Duration(d.Max) * time.Second).String()})
	case setting.BoolKind:
		return i18n.T(ctx, "system.hint.bool")
	case setting.ListKind:
		return i18n.T(ctx, "system.hint.list", bounds)
	case setting.TextKind:
		return i18n.T(ctx, "system.hint.text", bounds)
	}
	return i18n.T(ctx, "system.hint.int", bounds)
}

func (v settingsView) state(ctx context.Context) string {
	if n := v.changed(); n > 0 {
		return i18n.T(ctx, "system.settings.state", i18n.A{"n": n})
	}
	return i18n.T(ctx, "system.settings.none")
}
