package demodata

import (
	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
)

// company is one account of the story. Role names its administrator in demo.json; "" = not listed there.
type company struct {
	key, name, country, address, contact, email, market string
	channel                                             []account.Channel
	role, home, lang                                    string
}

var vendorStaff = []struct {
	name, email, role, home, lang string
	roles                         []actor.Role
}{
	{"Anna Keller", "anna.keller@vendor.example", "vendor_admin", "/", "en", []actor.Role{actor.VendorAdmin}},
	{"陈伟", "chen.wei@vendor.example", "vendor_reviewer", "/reviews", "zh-Hans", []actor.Role{actor.Reviewer}},
	{"Ines Moreau", "ines.moreau@vendor.example", "", "/reviews", "en", []actor.Role{actor.Reviewer}},
	{"Tomás Silva", "tomas.silva@vendor.example", "vendor_support", "/", "en", []actor.Role{actor.SupportEngineer}},
	{"王芳", "wang.fang@vendor.example", "vendor_finance", "/", "zh-Hans", []actor.Role{actor.VendorFinance}},
	{"Greta Lind", "greta.lind@vendor.example", "auditor", "/system/audit", "en", []actor.Role{actor.Auditor}},
	{"李娜", "li.na@vendor.example", "program_manager", "/programs", "zh-Hans", []actor.Role{actor.ProgramManager}},
	{"Omar Haddad", "omar.haddad@vendor.example", "channel_manager", "/channel", "en", []actor.Role{actor.ChannelManager}},
}

var partners = []company{
	{key: "siam", name: "Siam Link Systems Co., Ltd.", country: "TH", address: "88 Rama IV Road, Bangkok", contact: "Malee Srisai",
		email: "malee@siamlink.example", channel: []account.Channel{account.ServicePartner}, role: "service_partner_admin", home: "/qualifications"},
	{key: "baltic", name: "Baltic Netcare UAB", country: "LT", address: "Gedimino pr. 20, Vilnius", contact: "Jonas Petraitis",
		email: "jonas@balticnetcare.example", channel: []account.Channel{account.SolutionProvider, account.ServicePartner}, role: "solution_provider", home: "/qualifications"},
	{key: "gulf", name: "Gulf Horizon Distribution LLC", country: "AE", address: "Dubai Internet City, Building 12", contact: "Layla Nasser",
		email: "layla@gulfhorizon.example", channel: []account.Channel{account.Distributor}, role: "distributor", home: "/"},
	{key: "nile", name: "Nile Tech Resellers", country: "EG", address: "14 Tahrir Street, Cairo", contact: "Youssef Adel",
		email: "youssef@niletech.example", channel: []account.Channel{account.Reseller}, role: "reseller", home: "/qualifications"},
	{key: "cedar", name: "Cedar ICT SAL", country: "LB", address: "Hamra Street, Beirut", contact: "Rima Khoury",
		email: "rima@cedarict.example", channel: []account.Channel{account.Reseller}},
	{key: "andes", name: "Andes Redes S.A.", country: "PE", address: "Av. Javier Prado 560, Lima", contact: "Lucía Quispe",
		email: "lucia@andesredes.example", channel: []account.Channel{account.SolutionProvider}},
	{key: "lagos", name: "Lagos Fibre Works Ltd", country: "NG", address: "7 Marina Road, Lagos", contact: "Chidi Okafor",
		email: "chidi@lagosfibre.example", channel: []account.Channel{account.ServicePartner}},
	{key: "ostrava", name: "Ostrava Datacom s.r.o.", country: "CZ", address: "Nádražní 112, Ostrava", contact: "Petra Nováková",
		email: "petra@ostravadatacom.example", channel: []account.Channel{account.ServicePartner}},
	{key: "kyoto", name: "Kyoto Denki Networks K.K.", country: "JP", address: "Karasuma-dori 520, Kyoto", contact: "Haruka Tanaka",
		email: "haruka@kyotodenki.example", channel: []account.Channel{account.SolutionProvider, account.ServicePartner}},
	{key: "sarawak", name: "Sarawak Systems Sdn Bhd", country: "MY", address: "Jalan Padungan 9, Kuching", contact: "Aisyah Rahman",
		email: "aisyah@sarawaksystems.example", channel: []account.Channel{account.ServicePartner}},
	{key: "conecta", name: "Conecta Telecom Ltda.", country: "BR", address: "Av. Paulista 900, São Paulo", contact: "Bruno Costa",
		email: "bruno@conecta.example", channel: []account.Channel{account.SI, account.ServicePartner}},
	{key: "qianjiang", name: "杭州钱江网络有限公司", country: "CN", address: "杭州市滨江区江南大道 588 号", contact: "赵敏",
		email: "zhao.min@qianjiang.example", market: account.China, lang: "zh-Hans", channel: []account.Channel{account.ServicePartner}},
}

var customers = []company{
	{key: "mekong", name: "Mekong Retail Group", country: "VN", contact: "Linh Tran", email: "linh@mekongretail.example", role: "customer_resale", home: "/"},
	{key: "hospital", name: "Vilnius City Hospital", country: "LT", contact: "Eglė Kazlauskė", email: "egle@vch.example", role: "customer_referral", home: "/"},
}

// engineer is one person of a roster: certificates are code, days before the present when issued, and days after
// it when it ends.
type engineer struct {
	number, name, email string
	held                []held
	plain               bool // not a registered after-sales engineer
}

type held struct {
	code              string
	issued, untilDays int
}

func has(code string, issued, until int) held { return held{code, issued, until} }

// rosters are the first ones; what comes later is in story.go.
var rosters = map[string][]engineer{
	"siam": {
		{"S-101", "Somchai Wattana", "somchai@siamlink.example", []held{has("H3CNE", 700, 395)}, false},
		{"S-102", "Nattapong Chai", "nattapong@siamlink.example", []held{has("H3CNE", 420, 675)}, false},
		{"S-103", "Ploy Suksan", "ploy@siamlink.example", []held{has("H3CNE", 330, 765)}, false},
		{"S-104", "Kanya Boonmee", "kanya@siamlink.example", []held{has("H3CNE", 800, 295), has("PMP", 500, 595)}, false},
		{"S-105", "Arthit Kaew", "arthit@siamlink.example", []held{has("H3CNE-SECURITY", 400, 695)}, false},
		{"S-106", "Malee Srisai", "malee@siamlink.example", nil, true},
		{"S-107", "Preecha Thong", "preecha@siamlink.example", []held{has("H3CNE", 1080, 15)}, false},
	},
	"baltic": {
		{"B-01", "Rasa Petrauskaitė", "rasa@balticnetcare.example", []held{has("H3CNE", 1089, 6)}, false},
		{"B-02", "Tomas Jankauskas", "tomas@balticnetcare.example", []held{has("H3CSE", 600, 495)}, false},
		{"B-03", "Ieva Butkutė", "ieva@balticnetcare.example", []held{has("H3CSE-RS", 500, 595)}, false},
		{"B-04", "Marius Žukas", "marius@balticnetcare.example", []held{has("H3CNE", 450, 645), has("PMP", 450, 645)}, false},
		{"B-05", "Jonas Petraitis", "jonas@balticnetcare.example", nil, true},
	},
	"kyoto": {
		{"K-1", "佐藤健", "sato@kyotodenki.example", []held{has("H3CSE", 500, 595)}, false},
		{"K-2", "Yui Nakamura", "yui@kyotodenki.example", []held{has("H3CNE", 500, 595)}, false},
		{"K-3", "Ren Kobayashi", "ren@kyotodenki.example", []held{has("H3CNE", 480, 615), has("H3CNE-PM", 480, 615)}, false},
		{"K-4", "Haruka Tanaka", "haruka@kyotodenki.example", nil, true},
	},
	"gulf": {
		{"G-001", "Layla Nasser", "layla@gulfhorizon.example", []held{has("H3CNE", 400, 695)}, false},
		{"G-002", "Faisal Karim", "faisal@gulfhorizon.example", []held{has("H3CNE", 390, 705)}, false},
		{"G-003", "Noura Saleh", "noura@gulfhorizon.example", []held{has("H3CSE", 300, 795)}, false},
	},
	"conecta": {
		{"C1", "Bruno Costa", "bruno@conecta.example", []held{has("H3CNE", 700, 395)}, false},
		{"C2", "Júlia Ramos", "julia@conecta.example", []held{has("H3CNE", 690, 405)}, false},
	},
	"andes": {
		{"1", "Lucía Quispe", "lucia@andesredes.example", []held{has("H3CNE", 200, 895)}, false},
		{"2", "Diego Flores", "diego@andesredes.example", []held{has("H3CNE", 190, 905)}, false},
	},
	"lagos": {
		{"L1", "Chidi Okafor", "chidi@lagosfibre.example", []held{has("H3CNE", 300, 795)}, false},
		{"L2", "Ngozi Eze", "ngozi@lagosfibre.example", []held{has("H3CSE", 310, 785)}, false},
		{"L3", "Tunde Bello", "tunde@lagosfibre.example", []held{has("H3CNE", 320, 775), has("PMP", 100, 995)}, false},
	},
	"ostrava": {
		{"O1", "Petra Nováková", "petra@ostravadatacom.example", []held{has("H3CNE", 300, 795)}, false},
		{"O2", "Jan Dvořák", "jan@ostravadatacom.example", []held{has("H3CNE", 300, 795)}, false},
	},
	"sarawak": {
		{"SW1", "Aisyah Rahman", "aisyah@sarawaksystems.example", []held{has("H3CNE", 300, 795)}, false},
		{"SW2", "Daniel Ling", "daniel@sarawaksystems.example", []held{has("H3CNE", 300, 795)}, false},
	},
	"nile": {
		{"N1", "Youssef Adel", "youssef@niletech.example", []held{has("H3CNE", 200, 895)}, false},
		{"N2", "Salma Fathy", "salma@niletech.example", nil, false},
	},
	"qianjiang": {
		{"001", "李伟", "li.wei@qianjiang.example", []held{has("H3CSE", 300, 795)}, false},
		{"002", "王磊", "wang.lei@qianjiang.example", []held{has("H3CNE", 300, 795)}, false},
	},
}

// given and family names of the distributor's many people.
var (
	givenNames  = []string{"Ahmed", "Sara", "Imran", "Fatima", "Khalid", "Mariam", "Rashid", "Huda", "Bilal", "Amna", "Zayed", "Reem", "Tariq", "Dana", "Vikram"}
	familyNames = []string{"Al Mansoori", "Hussain", "Qureshi", "Rahimi"}
)
