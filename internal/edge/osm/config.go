package osm

import (
	"strconv"
	"strings"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/i18n"
)

// set is what a ticket can be, as it stands now.
func (c *call) set() (*taxonomy.Set, error) { return c.api.Taxonomy.View(c.ctx(), c.by) }

type wireDimension struct {
	Value    int32  `json:"value"`
	ID       int32  `json:"satisfaction_id"`
	Name     string `json:"satisfaction_name"`
	Desc     string `json:"satisfaction_desc"`
	Per      int32  `json:"per_value"`
	Category string `json:"sat_category_id"`
}

// listSatisfactionDimensions lists what can be scored.
func listSatisfactionDimensions(c *call) (any, error) {
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	list := wireList(set.Dimensions(), func(d taxonomy.Dimension) wireDimension {
		return wireDimension{int32(d.Total), int32(d.ID), d.In(c.lang()), d.Notes.In(c.lang()), int32(d.Step), d.Group}
	})
	return struct {
		Total int             `json:"total_count"`
		List  []wireDimension `json:"satisfaction_dimension_list"`
	}{len(list), list}, nil
}

// unlimited is how a quota without an end is written.
const unlimited = -1

// listCaseQuotas says how many technical tickets the plan still has this month.
func listCaseQuotas(c *call) (any, error) {
	f := c.query()
	kind := f.mustArg("business_type_id", mostType)
	f.arg("product_category_id", mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	q, err := c.api.Tickets.Quota(c.ctx(), c.by, kind)
	if err != nil {
		return nil, err
	}
	out := struct {
		Total int64 `json:"total"`
		Left  int64 `json:"un_used"`
	}{unlimited, unlimited}
	if q.Bound && q.Left >= 0 {
		out.Total, out.Left = q.Total, q.Left
	}
	return out, nil
}

// mostType is the longest id of a problem type that the vendor's text allows anywhere.
const mostType = 512

// listCaseLimits says how many people may get copies.
func listCaseLimits(c *call) (any, error) {
	n, err := setting.Int(c.ctx(), c.api.DB.Read(), setting.TicketCopies, c.api.DB.Clock().Now())
	type config struct {
		CC int `json:"create_case_ccemail_max_count"`
	}
	return struct {
		Config config `json:"config"`
	}{config{n}}, err
}

type wireSeverity struct {
	Lang string `json:"language"`
	Name string `json:"severity_name"`
	ID   string `json:"severity_id"`
}

// listSeverities lists the severities that the caller's plan has for a problem type, the most severe first.
func listSeverities(c *call) (any, error) {
	f := c.query()
	f.mustArg("product_category_id", mostID)
	kind := f.mustArg("business_type_id", mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	t, ok := set.ProblemType(kind)
	if !ok || t.Retired {
		return nil, noType()
	}
	q, err := c.api.Tickets.Quota(c.ctx(), c.by, kind)
	if err != nil {
		return nil, err
	}
	offer := set.Offer(q.Level, t)
	return struct {
		Show bool           `json:"show"`
		List []wireSeverity `json:"severity_list"`
	}{offer.Show, wireList(offer.List, func(s taxonomy.Severity) wireSeverity {
		return wireSeverity{c.wireLang(), s.In(c.lang()), s.Code}
	})}, nil
}

// noType is for an id that no problem type has.
func noType() error { return business(codeProblem, i18n.M("osm.no_type")) }

// wireLang is the reader's language as the interface names it.
func (c *call) wireLang() string {
	if c.lang() == i18n.English {
		return "en-us"
	}
	return "zh-cn"
}

type wireProblemType struct {
	ID        string `json:"business_type_id"`
	Name      string `json:"business_type_name"`
	CaseType  string `json:"case_type"`
	Technical bool   `json:"can_use_support_plan"`
}

// listProblemTypes lists the problem types of a product or category, or all.
func listProblemTypes(c *call) (any, error) {
	f := c.query()
	product, category := f.arg("product_category_id", mostID), f.arg("incident_sub_type_id", mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	list := wireList(set.ProblemTypesOf(product, category), func(t taxonomy.ProblemType) wireProblemType {
		return wireProblemType{t.ID, t.Names.In(c.lang()), t.CaseType, t.Technical}
	})
	return struct {
		Total int               `json:"total_count"`
		List  []wireProblemType `json:"incident_business_type_list"`
	}{len(list), list}, nil
}

type wireProduct struct {
	ID        string `json:"incident_product_category_id"`
	Name      string `json:"incident_product_category_name"`
	Desc      string `json:"incident_product_category_desc"`
	Acronym   string `json:"incident_product_category_acronym"`
	Technical bool   `json:"can_use_support_plan"`
}

func (c *call) product(p taxonomy.Product) wireProduct {
	return wireProduct{p.ID, p.In(c.lang()), p.Notes.In(c.lang()), p.Acronym, p.Technical}
}

type wireCategory struct {
	ID       string        `json:"incident_sub_type_id"`
	Name     string        `json:"incident_sub_type_name"`
	Products []wireProduct `json:"incident_product_category_list"`
}

// listCaseCategories lists the categories with their products.
func listCaseCategories(c *call) (any, error) {
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	list := wireList(set.Categories(), func(x taxonomy.Category) wireCategory {
		return wireCategory{x.ID, x.In(c.lang()), wireList(set.ProductsOf(x.ID), c.product)}
	})
	return struct {
		Total int            `json:"total_count"`
		List  []wireCategory `json:"incident_sub_type_list"`
	}{len(list), list}, nil
}

// listProductCategories lists products by a part of their name in either language, or of their short name.
func listProductCategories(c *call) (any, error) {
	f := c.query()
	name := strings.ToLower(strings.TrimSpace(f.arg("product_category_name", mostID)))
	if err := f.err(); err != nil {
		return nil, err
	}
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	list := []wireProduct{}
	for _, p := range set.Products() {
		if strings.Contains(strings.ToLower(p.EN+"\n"+p.ZH+"\n"+p.Acronym), name) {
			list = append(list, c.product(p))
		}
	}
	return struct {
		Total int           `json:"total_count"`
		List  []wireProduct `json:"incident_product_category_list"`
	}{len(list), list}, nil
}

type wireRegion struct {
	Type      int32  `json:"type"`
	ID        string `json:"region_id"`
	Name      string `json:"region_name"`
	Sensitive int32  `json:"is_sensitive"`
}

// listRegions lists the regions.
func listRegions(c *call) (any, error) {
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	list := wireList(set.Regions(), func(r taxonomy.Region) wireRegion {
		return wireRegion{int32(r.Type), r.ID, r.In(c.lang()), flag(r.Sensitive)}
	})
	return struct {
		Total int          `json:"total_count"`
		List  []wireRegion `json:"data_center_list"`
	}{len(list), list}, nil
}

type wireRegionName struct {
	ID   string `json:"region_id"`
	Name string `json:"region_name"`
}

// listCustomersRegions lists the regions that the caller can name: all of them.
func listCustomersRegions(c *call) (any, error) {
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	list := wireList(set.Regions(), func(r taxonomy.Region) wireRegionName { return wireRegionName{r.ID, r.In(c.lang())} })
	return struct {
		Count int              `json:"count"`
		List  []wireRegionName `json:"region_infos"`
	}{len(list), list}, nil
}

type wireTemplate struct {
	ID      string `json:"incident_template_id"`
	Name    string `json:"incident_template_name"`
	Content string `json:"incident_template_content"`
}

// listCaseTemplates lists the texts that a submitter of a problem type fills in.
func listCaseTemplates(c *call) (any, error) {
	f := c.query()
	kind := f.arg("incident_business_type_id", mostType) // as the vendor's example calls it
	if kind == "" {
		kind = f.mustArg("business_type_id", mostType)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	list := wireList(set.Templates(kind), func(t taxonomy.Template) wireTemplate {
		return wireTemplate{t.ID, t.In(c.lang()), t.Body.In(c.lang())}
	})
	return struct {
		Total int            `json:"total_count"`
		List  []wireTemplate `json:"incident_template_list"`
	}{len(list), list}, nil
}

type wireParam struct {
	Tips      string `json:"tips"`
	Required  int32  `json:"required"`
	Length    int32  `json:"length"`
	Lang      string `json:"language"`
	Key       string `json:"param_key"`
	Name      string `json:"param_name"`
	Type      int32  `json:"param_type"`
	Desc      string `json:"param_desc"`
	Default   string `json:"default_value"`
	Max       *int64 `json:"max_value,omitempty"`
	Min       *int64 `json:"min_value,omitempty"`
	Select    string `json:"select_item"`
	Show      int32  `json:"is_show"`
	Sensitive int32  `json:"is_sensitive"`
}

type wireCommon struct {
	Key      string `json:"param_key"`
	Name     string `json:"param_name"`
	Show     int32  `json:"is_show"`
	Required int32  `json:"is_required"`
}

// longest is how long an answer may be where the field says nothing.
const longest = 1000

func (c *call) param(x taxonomy.Field) wireParam {
	p := wireParam{Tips: x.Tips.In(c.lang()), Required: flag(x.Required), Length: int32(x.Length), Lang: c.wireLang(), Key: x.Key, Name: x.In(c.lang()), Type: int32(x.Type),
		Desc: x.Tips.In(c.lang()), Default: x.Default, Max: x.Max, Min: x.Min, Show: flag(!x.Hidden), Sensitive: flag(x.Sensitive)}
	if x.Length == 0 {
		p.Length = longest
	}
	values := make([]string, 0, len(x.Options))
	for _, o := range x.Options {
		values = append(values, o.Value)
	}
	p.Select = strings.Join(values, ",")
	return p
}

// listExtendsParams lists what is asked in addition, and which of the usual entries are needed.
func listExtendsParams(c *call) (any, error) {
	f := c.query()
	kind, product := f.mustArg("business_type_id", mostID), f.arg("product_category_id", mostID)
	f.arg("incident_sub_type_id", mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	t, ok := set.ProblemType(kind)
	if !ok || t.Retired {
		return nil, noType()
	}
	if product == "" {
		product = taxonomy.UserCentre
	}
	return struct {
		Params []wireParam  `json:"extends_params"`
		Common []wireCommon `json:"common_params"`
	}{wireList(set.Fields(kind, product), c.param), []wireCommon{
		{"region_id", i18n.T(c.ctx(), "osm.common.region"), 1, flag(t.CaseType == taxonomy.Fault)},
		{"severity_id", i18n.T(c.ctx(), "osm.common.severity"), flag(t.Technical && t.CaseType == taxonomy.Fault), 0},
		{"remind_mobile", i18n.T(c.ctx(), "osm.common.mobile"), 1, 0},
		{"remind_mail", i18n.T(c.ctx(), "osm.common.mail"), 1, 0},
		{"cc_email", i18n.T(c.ctx(), "osm.common.cc"), 1, 0},
	}}, nil
}

type wireAreaCode struct {
	ID   int32  `json:"id"`
	Code string `json:"area_code"`
	Name string `json:"area_name"`
}

// listAreaCodes lists the country codes of phone numbers.
func listAreaCodes(c *call) (any, error) {
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	return struct {
		List []wireAreaCode `json:"area_code_list"`
	}{wireList(set.AreaCodes(), func(a taxonomy.AreaCode) wireAreaCode { return wireAreaCode{a.ID, a.Code, a.In(c.lang())} })}, nil
}

// limits are those of attachments.
func (c *call) limits() (attachment.Limits, error) {
	return attachment.LimitsAt(c.ctx(), c.api.DB.Read(), c.api.DB.Clock().Now())
}

// showAccessoryLimits says how many files there may be, how large, and of which types. Its numbers are texts.
func showAccessoryLimits(c *call) (any, error) {
	l, err := c.limits()
	type limit struct {
		Count string `json:"limit_count"`
		Size  string `json:"limit_size"`
		Types string `json:"limit_file_type"`
	}
	return struct {
		Limit limit `json:"accessory_limit"`
	}{limit{strconv.Itoa(l.Count), strconv.Itoa(l.Megabytes), strings.Join(l.Types, ",")}}, err
}

// diagnosed is the setting that lists what can be diagnosed before a ticket is opened.
const diagnosed = "case.create-case.diagnose-list"

// showConfiguration answers a setting that concerns callers, by the name that its own operation gives it.
func showConfiguration(c *call) (any, error) {
	key, value := c.path("config_key"), ""
	l, err := c.limits()
	if err != nil {
		return nil, err
	}
	switch key {
	case "limit_count":
		value = strconv.Itoa(l.Count)
	case "limit_size":
		value = strconv.Itoa(l.Megabytes)
	case "limit_file_type":
		value = strings.Join(l.Types, ",")
	case "create_case_ccemail_max_count":
		if value, err = setting.Text(c.ctx(), c.api.DB.Read(), setting.TicketCopies, c.api.DB.Clock().Now()); err != nil {
			return nil, err
		}
	case diagnosed: // nothing
	default:
		f := &form{}
		f.word("config_key", key, "limit_count", "limit_size", "limit_file_type", "create_case_ccemail_max_count", diagnosed)
		return nil, f.err()
	}
	return struct {
		Key   string `json:"config_key"`
		Value string `json:"config_value"`
	}{key, value}, nil
}
