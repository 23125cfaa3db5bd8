package osm_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/login"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/signature"
)

// form is a signed upload as SDKs send it: the body isn't signed.
func (w *world) form(by actor.Actor, meta, name, content string) *http.Request {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if meta != "" {
		must(w.t, m.WriteField("form_data", meta))
	}
	part, err := m.CreateFormFile("file", name)
	must(w.t, err)
	io.WriteString(part, content)
	must(w.t, m.Close())
	r := w.request(by, "POST", base+"/accessorys", "")
	r.Body, r.ContentLength = io.NopCloser(&b), int64(b.Len())
	r.Header.Del("Authorization")
	r.Header.Del("Content-Type")
	r.Header.Set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")
	k := w.key(by)
	must(w.t, signature.Sign(r, k.access, k.secret, nil, w.clock.Wall()))
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func (w *world) uploaded(by actor.Actor, from, name, content string) string {
	w.t.Helper()
	a := w.do(w.form(by, `{"fileName":"`+name+`","accessoryFrom":"`+from+`","uploadType":0}`, "blob", content))
	if a.status != 200 {
		w.t.Fatalf("upload of %s: %d %s", name, a.status, a.raw)
	}
	strictly(w.t, "UploadAccessory", a.raw)
	return a.body["accessory_id"].(string)
}

func picture() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		panic(err)
	}
	return b.String()
}

func TestFilesAreUploadedBoundAndReadByThoseWhoMay(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		first, shot := w.uploaded(w.siam, "incident", "trace.log", "10:01 timeout"), w.uploaded(w.siam, "incident", "shot.png", picture())
		a := w.good(w.siam, "UploadJsonAccessories", "/accessorys/json-format-content", `{"accessory_name":"trace.log","accessory_from":"incident","accessory_data":"`+base64.StdEncoding.EncodeToString([]byte("second"))+`"}`)
		second := a.body["accessory_id"].(string)
		no := w.good(w.siam, "CreateCases", "/cases", `{"business_type_id":"`+taxonomy.Billing+`","simple_description":"See the files.","source_id":"`+taxonomy.Source+`","accessory_ids":["`+
			strings.Join([]string{first, shot, second}, `","`)+`"]}`).body["incident_id"].(string)
		if a := w.good(w.siam, "ShowCaseDetail", "/cases/"+no, ""); !strings.Contains(a.raw, `{"accessory_id":"`+first+`","file_actual_name":"trace.log"}`) {
			t.Errorf("files of the detail: %s", a.raw)
		}
		one := w.good(w.siam, "DownloadAccessories", "/accessorys/"+first, "")
		if one.raw != "10:01 timeout" || one.header.Get("Content-Disposition") != "attachment; filename=trace.log" || one.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("one file: %q, %v", one.raw, one.header)
		}
		w.archived(first, second, shot)
		if a := w.good(w.siam, "DownloadImages", "/accessorys/"+shot+"/image", ""); a.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "inline") {
			t.Errorf("a picture: %v", a.header)
		}
		w.bad(w.siam, "DownloadImages", "/accessorys/"+first+"/image", "", 400, "OSM.01010001")
		for _, by := range []actor.Actor{w.nile, w.colleague, w.seller} {
			w.bad(by, "DownloadAccessories", "/accessorys/"+first, "", 404, "OSM.01010015")
			w.bad(by, "DownloadAccessories", "/accessorys/"+first+","+second, "", 404, "OSM.01010015")
			w.bad(by, "ListAccessoryAccessUrls", "/accessorys/access-urls?accessory_ids="+first, "", 404, "OSM.01010015")
			w.bad(by, "DeleteAccessories", "/accessorys/"+first, "", 404, "OSM.01010015")
		}
		w.good(w.colleague, "DownloadAccessories", "/accessorys/"+first+"?group_id=g", "")
		w.bad(w.siam, "DeleteAccessories", "/accessorys/"+first, "", 404, "OSM.01010015") // it's the ticket's now
		unbound := w.uploaded(w.siam, "message", "note.txt", "x")
		w.good(w.siam, "DeleteAccessories", "/accessorys/"+unbound, "")
		w.bad(w.siam, "DownloadAccessories", "/accessorys/"+unbound, "", 404, "OSM.01010015")
		w.refusedUploads()
	})
}

func (w *world) archived(ids ...string) {
	w.t.Helper()
	a := w.good(w.siam, "DownloadAccessories", "/accessorys/"+strings.Join(ids, ","), "")
	z, err := zip.NewReader(strings.NewReader(a.raw), int64(len(a.raw)))
	if err != nil || len(z.File) != 3 || z.File[0].Name != "trace.log" || z.File[1].Name != "trace (2).log" || a.header.Get("Content-Type") != "application/zip" {
		w.t.Fatalf("an archive of three files: %v, %+v", err, z)
	}
	f, err := z.File[1].Open()
	must(w.t, err)
	if b, err := io.ReadAll(f); err != nil || string(b) != "second" {
		w.t.Errorf("the second file %q, %v", b, err)
	}
}

func (w *world) refusedUploads() {
	w.t.Helper()
	meta := `{"fileName":"a.txt","accessoryFrom":"incident","uploadType":0}`
	for _, c := range []struct{ meta, name, content, says string }{
		{"", "a.txt", "x", "form_data"}, {"{", "a.txt", "x", "form_data"}, {`{"fileName":"a.exe","accessoryFrom":"incident"}`, "", "MZ", "file"},
		{`{"fileName":"a.txt","accessoryFrom":"feedback"}`, "", "x", "form_data.accessoryFrom"}, {meta, "a.txt", "", "file"},
	} {
		if a := w.do(w.form(w.siam, c.meta, c.name, c.content)); a.status != 400 || a.code() != "OSM.01010001" || !strings.Contains(a.raw, c.says) {
			w.t.Errorf("form_data %s with %q: %d %s, want a refusal of %s", c.meta, c.content, a.status, a.raw, c.says)
		}
	}
	if a := w.do(w.form(w.siam, meta, "a.txt", strings.Repeat("a", 4<<20+1))); a.status != 413 || a.code() != "OSM.01010001" {
		w.t.Errorf("more than 4 MB: %d %s", a.status, a.raw)
	}
	w.bad(w.siam, "UploadJsonAccessories", "/accessorys/json-format-content", `{"accessory_name":"a.txt","accessory_from":"incident","accessory_data":"%"}`, 400, "OSM.01010001")
	// A body that isn't signed is taken by the upload of a form alone.
	r := w.form(w.siam, meta, "a.txt", "x")
	r.URL.Path = base + "/cases"
	r.Header.Del("Authorization")
	k := w.key(w.siam)
	must(w.t, signature.Sign(r, k.access, k.secret, nil, w.clock.Wall()))
	if a := w.do(r); a.status != 401 {
		w.t.Errorf("another operation with a body that isn't signed: %d %s", a.status, a.raw)
	}
	// The header isn't proof by itself.
	r = w.form(w.siam, meta, "a.txt", "x")
	r.Header.Set("X-Nonce", "changed")
	if a := w.do(r); a.status != 401 {
		w.t.Errorf("changed after signing: %d %s", a.status, a.raw)
	}
	w.set(setting.TicketFileDayMegabytes, "1")
	if a := w.do(w.form(w.siam, meta, "a.txt", strings.Repeat("a", 2<<20))); a.status != 400 || a.code() != "OSM.01010005" {
		w.t.Errorf("more than the day's volume: %d %s", a.status, a.raw)
	}
}

func TestAnAddressOfAFileWorksForAWhileForWhoeverHasIt(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		id := w.uploaded(w.siam, "incident", "trace.log", "10:01 timeout")
		no := w.good(w.siam, "CreateCases", "/cases", `{"business_type_id":"`+taxonomy.Billing+`","simple_description":"See the file.","source_id":"`+taxonomy.Source+`","accessory_ids":["`+id+`"]}`).body["incident_id"].(string)
		other := w.opened(w.siam)
		list := w.good(w.siam, "ListAccessoryAccessUrls", "/accessorys/access-urls?accessory_ids="+id, "").list("accessory_urls")
		address := list[0]["accessory_url"].(string)
		single := w.good(w.siam, "ShowDownloadAccessoryUrl", "/accessorys/"+id+"/access-url?relation_type=INCIDENT&incident_id="+no, "").body["accessory_url"].(string)
		w.bad(w.siam, "ShowDownloadAccessoryUrl", "/accessorys/"+id+"/access-url?relation_type=INCIDENT&incident_id="+other, "", 404, "OSM.01010015")
		w.bad(w.siam, "ShowDownloadAccessoryUrl", "/accessorys/"+id+"/access-url?relation_type=X", "", 400, "OSM.01010001")
		get := func(url string) answer {
			r, err := http.NewRequest("GET", url, nil)
			must(t, err)
			return w.do(r)
		}
		for _, u := range []string{address, single} {
			if a := get(u); a.status != 200 || a.raw != "10:01 timeout" {
				t.Errorf("%s: %d %s", u, a.status, a.raw)
			}
		}
		head, seal, _ := strings.Cut(address, id+".")
		for _, u := range []string{address + "x", head + id + ".9999999999." + seal, head + id, head + "att_none." + seal, strings.Replace(address, ".17", ".27", 1)} {
			if a := get(u); a.status != 404 || a.code() != "OSM.01010015" {
				t.Errorf("%s: %d %s, want not found", u, a.status, a.raw)
			}
		}
		w.clock.AdvanceWall(10*time.Minute + time.Second)
		if a := get(address); a.status != 404 {
			t.Errorf("after ten minutes: %d %s", a.status, a.raw)
		}
	})
}

func TestLabelsRelationsContactsAndEntriesOfATicket(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		no, other := w.opened(w.siam), w.opened(w.siam)
		for _, name := range []string{"one", "two", "three", "four", "five", "six"} {
			w.good(w.siam, "CreateLabels", "/labels", `{"name":"`+name+`","color":"#00ff00"}`)
		}
		w.bad(w.siam, "CreateLabels", "/labels", `{"name":"","color":"green"}`, 400, "OSM.01010001")
		all := w.good(w.siam, "ListLabels", "/labels?limit=100&offset=0", "")
		var ids []string
		for _, l := range all.list("label_list") {
			ids = append(ids, l["label_id"].(interface{ String() string }).String())
		}
		w.good(w.siam, "UpdateLabels", "/labels/"+ids[0], `{"name":"renamed","color":"#0000ff"}`)
		w.good(w.siam, "CreateCaseLabels", "/cases/"+no+"/labels?label_ids="+strings.Join(ids[:3], ",")+"&label_ids="+ids[3], "")
		w.good(w.siam, "CreateCaseLabels", "/cases/"+no+"/labels?label_ids="+ids[4], "")
		w.bad(w.siam, "CreateCaseLabels", "/cases/"+no+"/labels?label_ids="+ids[5], "", 400, "OSM.01010042")
		w.bad(w.siam, "CreateCaseLabels", "/cases/"+no+"/labels?label_ids=1", "", 400, "OSM.01010001")
		w.bad(w.siam, "CreateCaseLabels", "/cases/"+no+"/labels", "", 400, "OSM.01010001")
		w.good(w.siam, "DeleteCaseLabels", "/cases/"+no+"/labels?label_ids="+ids[1], "")
		w.good(w.siam, "DeleteLabels", "/labels/"+ids[0], "")
		w.bad(w.siam, "DeleteLabels", "/labels/"+ids[0], "", 400, "OSM.01010001")
		w.bad(w.nile, "UpdateLabels", "/labels/"+ids[1], `{"name":"mine","color":"#0000ff"}`, 400, "OSM.01010001")
		if a := w.good(w.siam, "ListCaseLabels", "/cases/"+no+"/labels", ""); len(a.list("case_label_list")) != 3 {
			t.Errorf("labels of the ticket: %s", a.raw)
		}

		w.good(w.siam, "CreateRelations", "/cases/"+no+"/relations", `{"related_id_list":["`+other+`"]}`)
		if a := w.good(w.siam, "ListRelation", "/cases/"+other+"/relations", ""); !strings.Contains(a.raw, `"case_id":"`+no+`"`) {
			t.Errorf("the other side of a relation: %s", a.raw)
		}
		w.bad(w.siam, "CreateRelations", "/cases/"+no+"/relations", `{"related_id_list":["`+no+`"]}`, 400, "OSM.01010044")
		w.bad(w.siam, "CreateRelations", "/cases/"+no+"/relations", `{"related_id_list":["`+w.opened(w.nile)+`"]}`, 404, "OSM.01010015")
		many := `"` + strings.Join([]string{w.opened(w.siam), w.opened(w.siam), w.opened(w.siam)}, `","`) + `"`
		w.bad(w.siam, "CreateRelations", "/cases/"+no+"/relations", `{"related_id_list":[`+many+`]}`, 400, "OSM.01010043")
		w.good(w.siam, "DeleteRelation", "/cases/"+no+"/relations", `{"related_id":"`+other+`"}`)
		w.bad(w.siam, "DeleteRelation", "/cases/"+no+"/relations", `{"related_id":"`+other+`"}`, 400, "OSM.01010001")

		own := w.Email(w.siam)
		w.good(w.siam, "UpdateCaseContactInfo", "/cases/"+no+"/contact-info", `{"remind_mail":"`+own+`","remind_time":"09:00-18:00","extension_map":{"cc_email":"boss@siam.example"}}`)
		if a := w.good(w.siam, "ShowCaseDetail", "/cases/"+no, ""); !strings.Contains(a.raw, `"remind_mail":"`+own+`"`) || !strings.Contains(a.raw, `"cc_email":"boss@siam.example"`) || !strings.Contains(a.raw, `"contact_type":"1"`) {
			t.Errorf("contact: %s", a.raw)
		}
		if a := w.good(w.siam, "ListCaseCcEmails", "/carbon-copy-emails", ""); !strings.Contains(a.raw, `"cc_email":"boss@siam.example"`) || !strings.Contains(a.raw, own) {
			t.Errorf("copies: %s", a.raw)
		}
		w.good(w.siam, "UpdateCaseContactInfo", "/cases/"+no+"/contact-info", `{"remind_mail":""}`)
		w.bad(w.siam, "UpdateCaseContactInfo", "/cases/"+no+"/contact-info", `{"remind_mail":"new@elsewhere.example"}`, 400, "OSM.01010010")
		w.bad(w.siam, "UpdateCaseContactInfo", "/cases/"+no+"/contact-info", `{"remind_time":"later"}`, 400, "OSM.01010001")

		w.good(w.siam, "CreateCaseExtendsParam", "/cases/"+no+"/extends-param", `{"extends_map":{"order_number":123}}`)
		if a := w.good(w.siam, "ShowCaseExtendsParam", "/cases/"+no+"/extends-param", ""); a.raw != "{\"extends_map\":{\"order_number\":\"123\"}}\n" {
			t.Errorf("entries: %s", a.raw)
		}
		w.bad(w.siam, "CreateCaseExtendsParam", "/cases/"+no+"/extends-param", `{"extends_map":{"order_number":{"a":1}}}`, 400, "OSM.01010001")
	})
}

func TestContactsAreVerifiedByTheirCodes(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		need := func(value, want string) {
			t.Helper()
			if a := w.good(w.siam, "CheckNeedVerify", "/verifycodes/need-verify?contact_way=0&area_code=0086&contact_value="+value, ""); !strings.Contains(a.raw, `"need_verify_code":`+want) {
				t.Errorf("%s: %s, want %s", value, a.raw, want)
			}
		}
		const number = "13912345678"
		need(number, "1")
		w.good(w.siam, "SendVerifyCodes", "/verifycodes/send", `{"contact_value":"`+number+`","contact_way":0,"area_code":"0086"}`)
		w.bad(w.siam, "SendVerifyCodes", "/verifycodes/send", `{"contact_value":"`+number+`","contact_way":0,"area_code":"0086"}`, 429, "OSM.01010024")
		w.bad(w.siam, "SendVerifyCodes", "/verifycodes/send", `{"contact_value":"","contact_way":2,"area_code":""}`, 400, "OSM.01010001")
		w.bad(w.siam, "CheckVerifyCodes", "/verifycodes", `{"contact_value":"`+number+`","contact_way":0,"area_code":"0086","verify_code":"12"}`, 400, "OSM.01010001")
		code := w.code()
		wrong := "000000"
		if code == wrong {
			wrong = "111111"
		}
		w.bad(w.siam, "CheckVerifyCodes", "/verifycodes", `{"contact_value":"`+number+`","contact_way":0,"area_code":"0086","verify_code":"`+wrong+`"}`, 400, "OSM.01010010")
		w.good(w.siam, "CheckVerifyCodes", "/verifycodes", `{"contact_value":"`+number+`","contact_way":0,"area_code":"0086","verify_code":"`+code+`"}`)
		need(number, "0")
		list := w.good(w.siam, "ListHasVerifiedContacts", "/verifycodes/has-verified?contact_way=0&contact_value="+number, "")
		if got := list.list("contact_list"); len(got) != 1 || got[0]["area_code"] != "0086" || got[0]["contact_value"] != number {
			t.Fatalf("verified contacts: %s", list.raw)
		}
		id := list.list("contact_list")[0]["verified_id"].(string)
		r := w.request(w.siam, "POST", base+"/cases", `{"business_type_id":"`+taxonomy.Billing+`","simple_description":"Call me.","source_id":"`+taxonomy.Source+`","remind_mobile":"`+number+`","area_code":"0086"}`)
		r.Header.Set("x-phone-verifiedid", id)
		if a := w.do(r); a.status != 200 {
			t.Errorf("a ticket with a verified number: %d %s", a.status, a.raw)
		}
		if a := w.good(w.nile, "ListHasVerifiedContacts", "/verifycodes/has-verified", ""); len(a.list("contact_list")) != 0 {
			t.Errorf("a stranger's contacts: %s", a.raw)
		}
	})
}

// TestWhatATicketCanBe reads the lists in both languages and checks their types.
func TestWhatATicketCanBe(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		for operation, c := range map[string]struct{ path, en, zh string }{
			"ListSatisfactionDimensions": {"/config/satisfaction-dimensions", `"per_value":1`, `"value":5`},
			"ListCaseLimits":             {"/config/limits", `"create_case_ccemail_max_count":10`, `10`},
			"ListProblemTypes":           {"/config/problems?product_category_id=" + taxonomy.UserCentre, "invoices", "发票"},
			"ListCaseCategories":         {"/config/categories", "Partner program", "伙伴计划"},
			"ListProductCategories":      {"/config/product-categories?product_category_name=user", "User centre", "用户中心"},
			"ListRegions":                {"/config/regions", `"is_sensitive":`, `"type":0`},
			"ListCaseTemplates":          {"/config/templates?business_type_id=" + taxonomy.Billing, "Question about a bill", "账单问题描述"},
			"ListExtendsParams":          {"/config/extends-map?business_type_id=" + taxonomy.Billing, `"param_key":"order_number"`, "订单号"},
			"ListAreaCodes":              {"/config/area-codes", `"area_code":"0086"`, "中国"},
			"ListCustomersRegions":       {"/customers/regions", `"region_id":`, `"count":`},
			"ShowAccessoryLimits":        {"/accessorys/limits", `"limit_count":"5","limit_size":"4"`, `"5"`},
			"ShowConfiguration":          {"/configurations/limit_size", `{"config_key":"limit_size","config_value":"4"}`, `4`},
			"ListCaseQuotas":             {"/quotas?business_type_id=" + taxonomy.Billing, `{"total":-1,"un_used":-1}`, `-1`},
			"ListSeverities":             {"/config/severities?product_category_id=x&business_type_id=" + taxonomy.Billing, `{"show":false,"severity_list":[]}`, `false`},
			"ListAuthorizations":         {"/authorizations", `{"count":0,"incident_auth_list":[]}`, `0`},
			"ListAgencies":               {"/agencies", `{"total_count":0,"agency_list":[]}`, `0`},
			"ShowLoginType":              {"/authorizations/login-type", `{"login_type":""}`, `""`},
			"ListHistorySessions":        {"/authorizations/1/authorization-details/2/history-sessions", `[]`, `0`},
			"ListHistoryOperateLogs":     {"/authorizations/1/authorization-details/2/sessions/3/operation-logs?sort=1", `[]`, `0`},
			"ListTransportHistories":     {"/authorizations/1/authorization-details/2/sessions/3/operation-file-logs", `[]`, `0`},
			"ListSubCustomers":           {"/customers/sub-customers", `"customer_id":`, `***`},
		} {
			w.lang = "en-us"
			if a := w.good(w.siam, operation, c.path, ""); !strings.Contains(a.raw, c.en) {
				t.Errorf("%s in English: %s, want %s", operation, a.raw, c.en)
			}
			w.lang = ""
			if a := w.good(w.siam, operation, c.path, ""); !strings.Contains(a.raw, c.zh) {
				t.Errorf("%s in Chinese: %s, want %s", operation, a.raw, c.zh)
			}
		}
		w.lang = "en-us"
		if a := w.good(w.siam, "ListCaseQuotas", "/quotas?business_type_id="+taxonomy.TechFault, ""); a.raw != "{\"total\":0,\"un_used\":0}\n" {
			t.Errorf("quota without a plan: %s", a.raw)
		}
		w.bad(w.siam, "ListCaseQuotas", "/quotas?business_type_id=x", "", 400, "OSM.01010026")
		w.bad(w.siam, "ListSeverities", "/config/severities?business_type_id=x", "", 400, "OSM.01010001")
		w.bad(w.siam, "ShowConfiguration", "/configurations/secret", "", 400, "OSM.01010001")
		w.bad(w.siam, "ShowAuthorizationDetail", "/authorizations/1", "", 404, "OSM.01010015")
		w.bad(w.siam, "ConfirmAuthorizations", "/authorizations/1", "{}", 404, "OSM.01010015")
		w.bad(w.siam, "UpdateAuthorizations", "/authorizations/1/action?action_id=reject", "{}", 404, "OSM.01010015")
		w.bad(w.siam, "UpdateAuthorizations", "/authorizations/1/action?action_id=allow", "{}", 400, "OSM.01010018")
		w.bad(w.siam, "CheckHosts", "/authorizations/authorization-details/1/verify-host", `{"port":22,"account":"a","password":"b"}`, 404, "OSM.01010015")
	})
}

func TestPrivilegesAgreementsAndReportsOfAbuse(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		w.bad(w.seller, "CreatePrivileges", "/privileges", `{"operation":"create","privilege":"createCase"}`, 403, "OSM.01010002")
		w.bad(w.siam, "CreatePrivileges", "/privileges", `{"operation":"grant"}`, 400, "OSM.01010001")
		w.opened(w.siam)
		const export = "/cases/export?language=en-us&timezone=GMT%2B8"
		w.bad(w.colleague, "DownloadCases", export, "", 403, "OSM.01010002")
		w.bad(w.siam, "DownloadCases", "/cases/export?timezone=moon", "", 400, "OSM.01010001")
		book := w.good(w.siam, "DownloadCases", export, "")
		z, err := zip.NewReader(strings.NewReader(book.raw), int64(len(book.raw)))
		if err != nil || !strings.Contains(book.header.Get("Content-Type"), "spreadsheetml") || !strings.HasPrefix(book.header.Get("Content-Disposition"), "attachment; filename=tickets-") {
			t.Errorf("a workbook: %v, %d files, %v", err, len(z.File), book.header)
		}
		w.good(w.siam, "CreatePrivileges", "/privileges", `{"operation":"create","privilege":"export"}`)
		if a := w.good(w.seller, "ListPrivileges", "/privileges?privilege=export", ""); a.raw != "{\"has_privilege\":1}\n" {
			t.Errorf("has privilege: %s", a.raw)
		}
		w.good(w.siam, "CreatePrivileges", "/privileges", `{"operation":"delete","privilege":"export"}`)
		if a := w.good(w.siam, "ShowPartnersCasesPrivilege", "/cases/partners/privilege/cases-processing", ""); a.raw != "{\"has_privilege\":true}\n" {
			t.Errorf("a partner's privilege: %s", a.raw)
		}
		if a := w.good(w.tide, "ShowPartnersCasesPrivilege", "/cases/partners/privilege/cases-processing", ""); a.raw != "{\"has_privilege\":false}\n" {
			t.Errorf("a customer's privilege: %s", a.raw)
		}

		shown := w.good(w.siam, "ShowLatestPublishedAgreement", "/agreements/published-agreement?agreement_type=2", "")
		if !strings.Contains(shown.raw, `{"id":"12","agreement_name":"Agreement on authorizations","agreement_type":"2"`) {
			t.Errorf("agreement: %s", shown.raw)
		}
		if a := w.good(w.siam, "ShowSignedLatestPublishedAgreement", "/agreements/signed-latest", ""); a.raw != "{\"is_signed_latest\":false}\n" {
			t.Errorf("signed: %s", a.raw)
		}
		if a := w.good(w.siam, "SignPublishedAgreement", "/agreements/10/signed", `{"relation_id":"TT1"}`); a.raw != "{\"agreement_signed_record_id\":1}\n" {
			t.Errorf("sign: %s", a.raw)
		}
		if a := w.good(w.siam, "ShowSignedLatestPublishedAgreement", "/agreements/signed-latest?agreement_type=0", ""); a.raw != "{\"is_signed_latest\":true}\n" {
			t.Errorf("signed: %s", a.raw)
		}
		w.bad(w.siam, "SignPublishedAgreement", "/agreements/20/signed", "", 404, "OSM.01010015")
		w.bad(w.siam, "ShowLatestPublishedAgreement", "/agreements/published-agreement?agreement_type=3", "", 400, "OSM.01010001")
		if _, err := agreement.New(w.DB).Publish(t.Context(), w.vendor, agreement.Version{Kind: agreement.Ticket, TitleEN: "a", TitleZH: "a", BodyEN: "a", BodyZH: "a"}); err != nil {
			t.Fatal(err)
		}
		w.bad(w.siam, "SignPublishedAgreement", "/agreements/10/signed", "", 409, "OSM.01010014")
		w.abuse()
	})
}

// abuse reports as a customer that a partner serves: the vendor gets it.
func (w *world) abuse() {
	w.t.Helper()
	report := func(kind, file, proof, ip string) string {
		return `{"type":"` + kind + `","title":"Shop; https://shop.example","content":"It copies our logo.","files":["` + file + `"]` + ip +
			`,"contacts":{"name":"Ada","mobile":"13800138000","id_type":23,"id_files":["` + proof + `"]}}`
	}
	file, proof := w.uploaded(w.tide, "incident", "logo.png", picture()), w.uploaded(w.tide, "incident", "id.png", picture())
	w.bad(w.tide, "CreateFeedback", "/feedbacks", report("spam", file, proof, ""), 400, "OSM.01010016")
	w.bad(w.tide, "CreateFeedback", "/feedbacks", report("infringement", file, proof, ""), 400, "OSM.01010001")
	w.bad(w.tide, "CreateFeedback", "/feedbacks", report("illegal", file, file, ""), 400, "OSM.01010001")
	w.bad(w.tide, "CreateFeedback", "/feedbacks", report("illegal", file, "att_none", ""), 400, "OSM.01010001")
	w.bad(w.tide, "CreateFeedback", "/feedbacks", `{"type":"illegal"}`, 400, "OSM.01010001")
	w.good(w.tide, "CreateFeedback", "/feedbacks", report("infringement", file, proof, `,"ip":{"ip_type":"trademark","ip_number":"7788"}`))
	rows, err := w.tickets.List(w.t.Context(), w.engineer, ticket.Filter{ProblemType: taxonomy.Abuse})
	if err != nil || len(rows) != 1 || !rows[0].VendorDesk || rows[0].Account != w.tide.Account || rows[0].Source != ticket.Abuse || !strings.Contains(rows[0].Text, "7788") {
		w.t.Fatalf("the vendor's queue: %+v, %v", rows, err)
	}
	said, _, err := w.tickets.Messages(w.t.Context(), w.engineer, rows[0].No, ticket.Page{})
	if err != nil || len(said) != 2 || len(said[0].Files) != 1 || len(said[1].Files) != 1 {
		w.t.Errorf("messages of the report: %+v, %v", said, err)
	}
}

func TestDiagnosesAreUnavailable(t *testing.T) {
	each(t, func(w *world) {
		const diagnose = "/v2.0/servicerequest/diagnose/"
		for operation, c := range map[string]struct{ method, path, want string }{
			"ListDiagnoseJob": {"GET", "job?job_id=7", `"status":8,"job_id":7`}, "ListDiagnoseItems": {"POST", "job/show-items", `"item_results":[]`},
			"ListDiagnoseRecords": {"GET", "records", `"records":[]`}, "ListDiagnoseResources": {"POST", "job/vm/resources", `"result":[]`},
		} {
			a := w.do(w.request(w.siam, c.method, diagnose+c.path, ""))
			if a.status != 200 || !strings.Contains(a.raw, c.want) {
				w.t.Errorf("%s: %d %s, want %s", operation, a.status, a.raw, c.want)
			}
			strictly(w.t, operation, a.raw)
		}
		for _, path := range []string{"job/start", "feedback"} {
			if a := w.do(w.request(w.siam, "POST", diagnose+path, "{}")); a.status != 409 || a.code() != "OSM.01010014" {
				w.t.Errorf("%s: %d %s", path, a.status, a.raw)
			}
		}
	})
}

// code is the code that was sent last.
func (w *world) code() string {
	w.t.Helper()
	payload, err := db.One(w.t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = 'login.code_requested' ORDER BY id DESC LIMIT 1`)
	must(w.t, err)
	var x login.CodeRequested
	must(w.t, json.Unmarshal([]byte(payload), &x))
	digits, err := w.Vault.Open("mail", x.Sealed)
	must(w.t, err)
	return digits
}
