package sdk

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	bss "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/shopspring/decimal"
)

// table reads the names of the program's operations from its table.
func table(t *testing.T) map[string]bool { t.Helper(); return tableOf(t, "bss") }

// tableOf reads them from the table of one of the interfaces.
func tableOf(t *testing.T, edge string) map[string]bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "internal", "edge", edge, "table.go"), nil, 0)
	must(t, err)
	out := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		row, ok := n.(*ast.CompositeLit)
		if !ok || row.Type != nil || len(row.Elts) == 0 {
			return true
		}
		if lit, ok := row.Elts[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			name, err := strconv.Unquote(lit.Value)
			must(t, err)
			out[name] = true
		}
		return true
	})
	return out
}

func TestEveryOperationOfTheTableHasATest(t *testing.T) {
	have := table(t)
	if len(have) < 30 {
		t.Fatalf("%d operations in the table: the search is broken", len(have))
	}
	tested := map[string]bool{}
	for _, o := range operations {
		tested[o.name] = true
		if !have[o.name] {
			t.Errorf("%s has a test, but isn't in the table", o.name)
		}
	}
	for name := range have {
		if !tested[name] {
			t.Errorf("%s has no test through the SDK", name)
		}
	}
}

// TestEveryOperation runs them in their order: what one makes the next ones find.
func TestEveryOperation(t *testing.T) {
	s := demo(t)
	w := prepare(t, s)
	for _, o := range operations {
		asked.Lock()
		clear(asked.paths)
		asked.Unlock()
		t.Run(o.name, func(t *testing.T) { o.test(t, w) })
		if !called(o.route) {
			t.Errorf("the test of %s never called %s, but %v", o.name, o.route, asked.paths)
		}
	}
}

func TestAWrongDomainIsRefused(t *testing.T) {
	s := demo(t)
	l := s.logins["distributor"]
	l.ID = s.id("solution_provider")
	hc, err := bss.BssClientBuilder().WithEndpoint(s.url).WithCredential(credentials(t, l)).SafeBuild()
	must(t, err)
	_, err = bss.NewBssClient(hc).ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	refused(t, err, 403, "APIGW.0301")
}

func TestAWrongSecretIsRefused(t *testing.T) {
	s := demo(t)
	for _, change := range []func(*login){func(l *login) { l.SecretKey += "x" }, func(l *login) { l.AccessKey = "NOSUCHACCESSKEY00000" }} {
		l := s.logins["distributor"]
		change(&l)
		hc, err := bss.BssClientBuilder().WithEndpoint(s.url).WithCredential(credentials(t, l)).SafeBuild()
		must(t, err)
		_, err = bss.NewBssClient(hc).ListPartnerBalances(&model.ListPartnerBalancesRequest{})
		refused(t, err, 401, "APIGW.0301")
	}
}

func TestWithoutADomainTheKeysOwnerIsMeant(t *testing.T) {
	s := demo(t)
	l := s.logins["distributor"]
	l.ID = ""
	hc, err := bss.BssClientBuilder().WithEndpoint(s.url).WithCredential(credentials(t, l)).SafeBuild()
	must(t, err)
	got, err := bss.NewBssClient(hc).ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	must(t, err)
	if list := *got.AccountBalances; !strings.HasPrefix(list[0].AccountId, s.id("distributor")) {
		t.Errorf("balances %+v, want those of the key's owner", list)
	}
}

// TestARegionFindsTheDomainByItself has the SDK ask who the key belongs to, as it does for the vendor's regions.
func TestARegionFindsTheDomainByItself(t *testing.T) {
	s := demo(t)
	l := s.logins["distributor"]
	c, err := global.NewCredentialsBuilder().WithAk(l.AccessKey).WithSk(l.SecretKey).WithIamEndpointOverride(s.url).SafeBuild()
	must(t, err)
	hc, err := bss.BssClientBuilder().WithRegion(region.NewRegion("hanse", s.url)).WithCredential(c).SafeBuild()
	must(t, err)
	if c.DomainId != l.ID {
		t.Errorf("the SDK found the domain %q, want %q", c.DomainId, l.ID)
	}
	_, err = bss.NewBssClient(hc).ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	must(t, err)
}

func TestATokenInAnExtraHeaderDecides(t *testing.T) {
	s := demo(t)
	distributor := s.as(t, "distributor")
	distributor.HcClient = distributor.HcClient.WithExtraHeaders(map[string]string{"X-Auth-Token": s.token(t, "solution_provider")})
	got, err := distributor.ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	must(t, err)
	if list := *got.AccountBalances; !strings.HasPrefix(list[0].AccountId, s.id("solution_provider")) {
		t.Errorf("balances %+v, want those of the token's owner", list)
	}
	distributor.HcClient = distributor.HcClient.WithExtraHeaders(map[string]string{"X-Auth-Token": "nonsense"})
	_, err = distributor.ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	refused(t, err, 401, "CBC.0154")
}

// replay keeps a request as the SDK signed it.
type replay struct{ header http.Header }

// RoundTrip sends and remembers.
func (r *replay) RoundTrip(q *http.Request) (*http.Response, error) {
	r.header = q.Header.Clone()
	return http.DefaultTransport.RoundTrip(q)
}

func TestARequestSentTwiceRunsOnce(t *testing.T) {
	s := demo(t)
	w := prepare(t, s)
	seen := &replay{}
	hc, err := bss.BssClientBuilder().WithEndpoint(s.url).WithCredential(credentials(t, s.logins["distributor"])).
		WithHttpConfig(settings().WithHttpRoundTripper(seen)).SafeBuild()
	must(t, err)
	amount := decimal.RequireFromString("0.37")
	_, err = bss.NewBssClient(hc).UpdateIndirectPartnerAccount(&model.UpdateIndirectPartnerAccountRequest{
		Body: &model.AdjustToIndirectPartnerReq{IndirectPartnerId: w.id("reseller"), Amount: &amount}})
	must(t, err)
	body := `{"indirect_partner_id":"` + w.id("reseller") + `","amount":"0.37"}` + "\n"
	r, err := http.NewRequest("POST", s.url+"/v2/accounts/partner-accounts/indirect-partner-adjust", bytes.NewReader([]byte(body)))
	must(t, err)
	r.Header = seen.header
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	defer res.Body.Close()
	var said bytes.Buffer
	said.ReadFrom(res.Body)
	if res.StatusCode != 401 || !strings.Contains(said.String(), "APIGW.0301") {
		t.Errorf("the same signature again: %s %s", res.Status, said.String())
	}
}

func TestTooManyCallsAreThrottledAsTheGatewayDoes(t *testing.T) {
	demo(t)
	if throttled.good < 10 || throttled.good > 40 {
		t.Errorf("%d calls at once before somebody said stop, want about 10", throttled.good)
	}
	refused(t, throttled.err, 429, "APIGW.0308")
}
