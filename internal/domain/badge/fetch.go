package badge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/vc"
)

// hosts are those whose issuer documents and status lists this server may fetch.
func (s *Service) hosts(ctx context.Context) ([]string, error) {
	text, err := setting.Text(ctx, s.db.Read(), setting.CredentialHosts, s.db.Clock().Now())
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }), err
}

// fetchTime is the whole time for one document.
const fetchTime = 5 * time.Second

var errRefused = errors.New("address refused")

// NewFetch returns a fetcher that can't be turned against the network it stands in: https only, no redirect, no
// proxy, no address that isn't public (looked at after the name was resolved, so that a name can't point inside), a
// short time and a small answer.
func NewFetch() Fetch {
	return fetcher(&http.Client{Timeout: fetchTime, CheckRedirect: func(*http.Request, []*http.Request) error { return errRefused },
		Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true, TLSHandshakeTimeout: fetchTime,
			DialContext: (&net.Dialer{Timeout: fetchTime, Control: publicOnly}).DialContext}})
}

func fetcher(c *http.Client) Fetch {
	return func(ctx context.Context, url string) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Accept", "application/json, application/ld+json;q=0.9")
		res, err := c.Do(r)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("fetch %s: %s", url, res.Status)
		}
		return io.ReadAll(io.LimitReader(res.Body, vc.MaxBytes+1))
	}
}

// publicOnly refuses a connection to the machine itself and to private networks.
func publicOnly(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return errRefused
	}
	ip := a.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip) || a.Port() != 443 {
		return fmt.Errorf("%w: %s", errRefused, address)
	}
	return nil
}

// shared is the address space of carriers' networks (RFC 6598), which isn't public either.
var shared = netip.MustParsePrefix("100.64.0.0/10")
