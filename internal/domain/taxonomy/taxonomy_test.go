package taxonomy_test

import (
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func read(t *testing.T, q db.Querier) *taxonomy.Set {
	t.Helper()
	s, err := taxonomy.Read(t.Context(), q)
	fixture.Must(t, err)
	return s
}

// fields are the names of what was refused.
func fields(err error) (out []string) {
	if f := fault.Of(err); f != nil {
		for _, x := range f.Fields {
			out = append(out, x.Name)
		}
	}
	slices.Sort(out)
	return out
}

func TestWhatIsShippedIsWholeAndHolds(t *testing.T) {
	s := taxonomy.Shipped()
	for k, least := range map[taxonomy.Kind]int{taxonomy.ProblemTypeKind: 8, taxonomy.CategoryKind: 8, taxonomy.ProductKind: 30, taxonomy.SeverityKind: 5,
		taxonomy.RegionKind: 10, taxonomy.TemplateKind: 5, taxonomy.FieldKind: 8, taxonomy.DimensionKind: 4, taxonomy.AreaCodeKind: 50} {
		if n := len(s.Entries(k)); n < least {
			t.Errorf("%d entries of %s, want at least %d", n, k, least)
		}
		for _, e := range s.Entries(k) {
			if err := s.Check(e); err != nil {
				t.Errorf("%s %s %q: %v", k, e.ID, e.Names.EN, err)
			}
			if len(e.ID) > 64 {
				t.Errorf("%s %s: the wire takes ids of 64 characters", k, e.ID)
			}
		}
	}
	for _, id := range []string{taxonomy.Billing, taxonomy.AccountHelp, taxonomy.MoreQuota, taxonomy.PartnerProgram, taxonomy.TechConsult, taxonomy.TechFault, taxonomy.SlowPerformance, taxonomy.HardwareFault} {
		if _, ok := s.ProblemType(id); !ok {
			t.Errorf("problem type %s isn't shipped", id)
		}
	}
	if p, ok := s.Product(taxonomy.UserCentre); !ok || p.Technical {
		t.Errorf("user centre = %+v, %t, want a product that isn't technical", p, ok)
	}
	if f, ok := s.Field(taxonomy.SerialField); !ok || !f.For(taxonomy.HardwareFault, "") || f.For(taxonomy.TechFault, "") {
		t.Errorf("the serial number %+v is asked with equipment faults alone", f)
	}
}

func TestTheSeveritiesFollowThePlan(t *testing.T) {
	s := taxonomy.Shipped()
	for _, c := range []struct {
		level rate.Level
		want  string
	}{
		{rate.Basic, ""},
		{rate.Standard, "PROD_DOWN PROD_IMPAIRED SYS_IMPAIRED GUIDANCE"},
		{rate.Premium, "CORE_DOWN PROD_DOWN PROD_IMPAIRED SYS_IMPAIRED GUIDANCE"},
	} {
		var got []string
		for _, v := range s.SeveritiesOf(c.level) {
			got = append(got, v.Code)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("SeveritiesOf(%s) = %v, want %s", c.level, got, c.want)
		}
	}
	for _, c := range []struct {
		level rate.Level
		typ   string
		show  bool
		list  int
		usual string
	}{
		{rate.Standard, taxonomy.TechFault, true, 4, taxonomy.SysImpaired},
		{rate.Standard, taxonomy.TechConsult, false, 4, taxonomy.Guidance},
		{rate.Premium, taxonomy.Billing, false, 0, taxonomy.Guidance},
		{rate.Basic, taxonomy.TechFault, false, 0, taxonomy.Guidance},
	} {
		typ, _ := s.ProblemType(c.typ)
		if o := s.Offer(c.level, typ); o.Show != c.show || len(o.List) != c.list || o.Default != c.usual {
			t.Errorf("Offer(%s, %s) = %t, %d, %s, want %t, %d, %s", c.level, typ.EN, o.Show, len(o.List), o.Default, c.show, c.list, c.usual)
		}
	}
}

func TestAChoiceIsRefusedWithEveryMistakeAtOnce(t *testing.T) {
	s := taxonomy.Shipped()
	product := s.Products()[slices.IndexFunc(s.Products(), func(p taxonomy.Product) bool { return p.Acronym == "ECS" })]
	region := s.Regions()[0].ID
	serial := map[string]string{taxonomy.SerialField: "210235A1"}
	for _, c := range []struct {
		what string
		in   taxonomy.Choice
		want string
	}{
		{"a question about a bill", taxonomy.Choice{ProblemType: taxonomy.Billing}, ""},
		{"a fault", taxonomy.Choice{ProblemType: taxonomy.TechFault, Product: product.ID, Region: region, Severity: taxonomy.ProdDown, Level: rate.Standard}, ""},
		{"no problem type", taxonomy.Choice{}, "problem_type"},
		{"a fault nowhere", taxonomy.Choice{ProblemType: taxonomy.TechFault, Level: rate.Standard}, "region"},
		{"everything wrong", taxonomy.Choice{ProblemType: taxonomy.HardwareFault, Product: "x", Region: "y", Severity: "z", Level: rate.Standard, Extra: map[string]string{"zz": "1"}},
			"extra.serial_number extra.zz product region severity"},
		{"the top severity without its plan", taxonomy.Choice{ProblemType: taxonomy.TechFault, Region: region, Severity: taxonomy.CoreDown, Level: rate.Standard}, "severity"},
		{"a severity without a plan", taxonomy.Choice{ProblemType: taxonomy.TechFault, Region: region, Severity: taxonomy.Guidance, Level: rate.Basic}, "severity"},
		{"a severity of a question about a bill", taxonomy.Choice{ProblemType: taxonomy.Billing, Severity: taxonomy.Guidance, Level: rate.Premium}, "severity"},
		{"a product of another category", taxonomy.Choice{ProblemType: taxonomy.TechFault, Category: s.Categories()[5].ID, Product: product.ID, Region: region, Level: rate.Standard}, "product"},
		{"a cloud product with an equipment fault", taxonomy.Choice{ProblemType: taxonomy.HardwareFault, Product: product.ID, Region: region, Level: rate.Standard, Extra: serial}, "problem_type"},
	} {
		got, err := s.Choose(c.in)
		if names := strings.Join(fields(err), " "); names != c.want || (err != nil) != (c.want != "") {
			t.Errorf("%s: refused %q (%v), want %q", c.what, names, err, c.want)
		}
		if taxonomy.IsUnknownSeverity(err) != strings.Contains(c.want, "severity") {
			t.Errorf("%s: IsUnknownSeverity = %t", c.what, taxonomy.IsUnknownSeverity(err))
		}
		if err == nil && got.Product == nil && got.ProblemType.ID == taxonomy.Billing {
			t.Errorf("%s: no product, want the user centre", c.what)
		}
	}
}

func TestExtraFieldsAreCheckedByTheirTypes(t *testing.T) {
	s := taxonomy.Shipped()
	for _, c := range []struct{ typ, key, value, want string }{
		{taxonomy.TechFault, "affected_users", "12", "12"},
		{taxonomy.TechFault, "affected_users", "-1", "!"},
		{taxonomy.TechFault, "affected_users", "10000000.5", "!"},
		{taxonomy.TechFault, "affected_users", "1e3", "!"},
		{taxonomy.TechFault, "affected_users", "１２", "!"},
		{taxonomy.TechFault, "environment", "test", "test"},
		{taxonomy.TechFault, "environment", "Test", "!"},
		{taxonomy.TechFault, "happened_on", "2026-02-28", "2026-02-28"},
		{taxonomy.TechFault, "happened_on", "2026-02-30", "!"},
		{taxonomy.TechFault, "resource_id", " a  b ", "a b"},
		{taxonomy.TechFault, "resource_id", strings.Repeat("长", 64), strings.Repeat("长", 64)},
		{taxonomy.TechFault, "resource_id", strings.Repeat("长", 65), "!"},
		{taxonomy.HardwareFault, "symptoms", "alarm，no_power;alarm", "no_power,alarm"},
		{taxonomy.HardwareFault, "symptoms", "alarm,smoke", "!"},
		{taxonomy.MoreQuota, "wanted_quota", "", "!"},
		{taxonomy.MoreQuota, "wanted_quota", "0", "!"},
	} {
		values := map[string]string{c.key: c.value}
		if c.typ == taxonomy.HardwareFault {
			values[taxonomy.SerialField] = "210235A1"
		}
		got, err := s.CheckExtra(c.typ, "", values)
		if c.want == "!" {
			if names := fields(err); len(names) != 1 || names[0] != "extra."+c.key {
				t.Errorf("%s = %q: %v, want it refused", c.key, c.value, err)
			}
		} else if err != nil || got[c.key] != c.want {
			t.Errorf("%s = %q: %q, %v, want %q", c.key, c.value, got[c.key], err, c.want)
		}
	}
	f, _ := s.Field("symptoms")
	if got := f.Text("no_power,alarm", i18n.Chinese); got != "无法上电、告警灯亮" {
		t.Errorf("Text = %q", got)
	}
}

func TestTheVendorChangesWhatIsOffered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := fixture.New(t, d)
		s, ctx := taxonomy.New(d), t.Context()
		vendor, engineer, partner := w.Vendor(), w.VendorUser(actor.SupportEngineer), w.Partner("Baltic")
		set := read(t, d.Read())

		old, _ := set.Entry(taxonomy.ProblemTypeKind, taxonomy.Billing)
		old.Names.EN = "  Money  matters "
		saved, err := s.Save(ctx, engineer, old)
		if err != nil || saved.Edition != 1 || saved.Names.EN != "Money matters" || !saved.Shipped {
			t.Fatalf("Save = %+v, %v", saved, err)
		}
		if _, err := s.Save(ctx, vendor, old); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Save of what somebody changed meanwhile: %v, want a conflict", err)
		}
		fixture.Must(t, s.Retire(ctx, vendor, taxonomy.ProblemTypeKind, taxonomy.Billing, 1))
		now := read(t, d.Read())
		if typ, ok := now.ProblemType(taxonomy.Billing); !ok || !typ.Retired || typ.EN != "Money matters" {
			t.Errorf("a ticket of a retired type says %+v, %t", typ, ok)
		}
		if len(now.ProblemTypes()) != len(set.ProblemTypes())-1 {
			t.Errorf("%d types are offered, want one fewer than %d", len(now.ProblemTypes()), len(set.ProblemTypes()))
		}
		if _, err := now.Choose(taxonomy.Choice{ProblemType: taxonomy.Billing}); !slices.Equal(fields(err), []string{"problem_type"}) {
			t.Errorf("a retired type is chosen: %v", err)
		}
		fixture.Must(t, s.Restore(ctx, vendor, taxonomy.ProblemTypeKind, taxonomy.Billing, 2))

		fresh, err := s.Save(ctx, vendor, taxonomy.Entry{Kind: taxonomy.DimensionKind, Names: taxonomy.Names{EN: "Tools", ZH: "工具"},
			Attributes: taxonomy.Attributes{Total: 10, Step: 5, Group: "1"}})
		if err != nil || fresh.ID != "5" {
			t.Errorf("a fifth score: %+v, %v", fresh, err)
		}
		region := taxonomy.Entry{Kind: taxonomy.RegionKind, ID: "cn-west-1", Names: taxonomy.Names{EN: "West", ZH: "西北"}, Edition: taxonomy.Fresh}
		if _, err := s.Save(ctx, vendor, region); err != nil {
			t.Errorf("a new region: %v", err)
		}
		if _, err := s.Save(ctx, vendor, region); !slices.Equal(fields(err), []string{"id"}) {
			t.Errorf("the same region again: %v, want the id refused", err)
		}
		if _, err := s.Save(ctx, vendor, taxonomy.Entry{Kind: taxonomy.SeverityKind, Names: region.Names}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a sixth severity: %v, want a conflict", err)
		}
		if err := s.Retire(ctx, vendor, taxonomy.CategoryKind, set.Categories()[0].ID, 0); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a category with products is retired: %v, want a conflict", err)
		}
		if _, err := s.Save(ctx, partner, old); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner saves: %v, want it denied", err)
		}
		if _, err := s.View(ctx, partner); err != nil {
			t.Errorf("a partner reads: %v", err)
		}
	})
}

func TestABadEntryIsRefusedFieldByField(t *testing.T) {
	names, s := taxonomy.Names{EN: "a", ZH: "甲"}, taxonomy.Shipped()
	low, high := int64(5), int64(2)
	for _, c := range []struct {
		e    taxonomy.Entry
		want string
	}{
		{taxonomy.Entry{Kind: taxonomy.ProblemTypeKind, Attributes: taxonomy.Attributes{CaseType: "3", Categories: []string{"x"}}}, "case_type categories name_en name_zh"},
		{taxonomy.Entry{Kind: taxonomy.ProductKind, Names: names, Attributes: taxonomy.Attributes{Acronym: "a b"}}, "acronym category"},
		{taxonomy.Entry{Kind: taxonomy.SeverityKind, Names: names, Attributes: taxonomy.Attributes{Levels: []rate.Level{rate.Basic}}}, "levels"},
		{taxonomy.Entry{Kind: taxonomy.RegionKind, ID: "CN", Names: names, Attributes: taxonomy.Attributes{RegionType: 4}}, "id region_type"},
		{taxonomy.Entry{Kind: taxonomy.TemplateKind, Names: names, Notes: taxonomy.Names{EN: "b"}}, "note_zh note_zh problem_types"},
		{taxonomy.Entry{Kind: taxonomy.FieldKind, ID: "x", Names: names, Attributes: taxonomy.Attributes{Type: taxonomy.NumberField, Min: &low, Max: &high, Default: "x"}}, "default max"},
		{taxonomy.Entry{Kind: taxonomy.FieldKind, ID: "x", Names: names, Attributes: taxonomy.Attributes{Type: taxonomy.SelectField, Hidden: true, Required: true}}, "options required"},
		{taxonomy.Entry{Kind: taxonomy.DimensionKind, ID: "9", Names: names, Attributes: taxonomy.Attributes{Total: 5, Step: 2, Group: "1"}}, "total"},
		{taxonomy.Entry{Kind: taxonomy.AreaCodeKind, ID: "99", Names: names, Attributes: taxonomy.Attributes{Code: "0086"}}, "code"},
		{taxonomy.Entry{Kind: taxonomy.AreaCodeKind, ID: "99", Names: names, Attributes: taxonomy.Attributes{Code: "+86"}}, "code"},
	} {
		if got := strings.Join(fields(s.Check(c.e)), " "); got != c.want {
			t.Errorf("Check(%+v) refuses %q, want %q", c.e, got, c.want)
		}
	}
	lines := "a | One | 一\n\n b｜Two|二\nbad"
	if got := taxonomy.ParseOptions(lines); len(got) != 3 || got[1].Value != "b" || got[1].ZH != "二" || got[2].EN != "" {
		t.Errorf("ParseOptions = %+v", got)
	}
}
