package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"hanse/internal/kit/mailer"
)

func (e examiner) mail(ctx context.Context) Finding {
	if e.cfg.SMTP.Host == "" {
		return warning("no mail server is configured: nobody gets codes, invitations or notices", "Set --smtp-host and what belongs to it.")
	}
	m, err := mailer.New(e.cfg.Mail(), e.wall)
	if err != nil {
		return bad(err.Error(), "Correct the smtp settings.")
	}
	if err := m.Check(ctx); err != nil {
		return bad(err.Error(), mailRemedy(err))
	}
	return good(e.cfg.SMTP.Host + " took the greeting" + map[bool]string{true: " and the password", false: ""}[e.cfg.SMTP.User != ""])
}

func mailRemedy(err error) string {
	text := strings.ToLower(err.Error())
	switch {
	case strings.Contains(text, "starttls"):
		return "The server has no STARTTLS: use --smtp-tls tls with port 465, or none inside a trusted network."
	case strings.Contains(text, "auth") || strings.Contains(text, "535"):
		return "Check --smtp-user and --smtp-password; some providers ask for a password made for applications."
	}
	return remedy(err, "mail server")
}

func (e examiner) baseAddress(context.Context) Finding {
	u, err := url.Parse(e.cfg.BaseURL)
	if err != nil {
		return bad(err.Error(), "Write --base-url as https://partner.example.com.")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	switch {
	case local:
		return warning(e.cfg.BaseURL+" is this machine only", "Set --base-url to the address that people use: it's in mails and in the QR codes of certificates.")
	case u.Scheme == "http":
		return warning("passwords and sessions travel in the clear", "Put a proxy with TLS in front and set --base-url to https://.")
	}
	return good(e.cfg.BaseURL)
}

func (e examiner) direct(ctx context.Context) Finding { return e.reach(ctx, nil) }

func (e examiner) byProxy(ctx context.Context) Finding {
	through := http.ProxyFromEnvironment
	if e.cfg.OutProxy != "" {
		u, err := url.Parse(e.cfg.OutProxy)
		if err != nil {
			return bad("the proxy's address can't be read", "Write --proxy as http://HOST:PORT.")
		}
		through = http.ProxyURL(u)
	}
	probe, err := http.NewRequestWithContext(ctx, http.MethodGet, e.cfg.BaseURL, nil)
	if err != nil {
		return bad(err.Error(), "Correct --base-url.")
	}
	if u, err := through(probe); err == nil && u == nil {
		return skipped("no proxy is configured for this address")
	}
	return e.reach(ctx, through)
}

// reach asks the installation's own address for its health.
func (e examiner) reach(ctx context.Context, proxy func(*http.Request) (*url.URL, error)) Finding {
	t := &http.Transport{Proxy: proxy, DisableKeepAlives: true}
	defer t.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, e.cfg.BaseURL+"/healthz", nil)
	if err != nil {
		return bad(err.Error(), "Correct --base-url.")
	}
	client := http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		return bad(err.Error(), remedy(err, "portal"))
	}
	defer res.Body.Close()
	return e.judge(res)
}

func (e examiner) judge(res *http.Response) Finding {
	var body struct{ Status string }
	err := json.NewDecoder(io.LimitReader(res.Body, 4<<10)).Decode(&body)
	switch {
	case res.StatusCode == http.StatusProxyAuthRequired:
		return bad(res.Status, "The proxy wants a password: write --proxy http://USER:PASSWORD@HOST:PORT.")
	case res.StatusCode >= 500:
		return bad(res.Status, "A proxy answers, but hanse behind it doesn't: check that it runs and that the proxy's target is right.")
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return bad(res.Status+" to "+res.Header.Get("Location"), "Set --base-url to the address that it leads to.")
	case res.StatusCode != http.StatusOK || err != nil || body.Status != "ok":
		return bad(fmt.Sprintf("%s, and not from hanse", res.Status), "Another program answers at this address: check --base-url and the proxy's rules for /healthz.")
	}
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		if d := at.Sub(e.wall()).Abs(); d > time.Minute {
			return warning(fmt.Sprintf("reached, but its clock differs by %s", d.Round(time.Second)), "Keep both clocks by NTP.")
		}
	}
	return good("answers")
}

// remedy says what to do about an error of the network.
func remedy(err error, what string) string {
	var (
		dns     *net.DNSError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case errors.As(err, &dns):
		return "The name isn't known to the DNS of this machine: check its spelling, the record, and /etc/resolv.conf."
	case errors.As(err, &unknown):
		return "The certificate's issuer isn't trusted here: add it to the system's certificates, or send the whole chain."
	case errors.As(err, &host):
		return "The certificate is for another name: get one for this name."
	case errors.As(err, &invalid):
		return "The certificate has expired or isn't valid yet: renew it, and check this machine's clock."
	case errors.As(err, &record):
		return "The other side doesn't speak TLS here: check scheme and port."
	case errors.As(err, &timeout) && timeout.Timeout():
		return "No answer: a firewall drops the connection, or the " + what + " hangs. Open the port, or go through the proxy (--proxy)."
	case strings.Contains(err.Error(), "refused"):
		return "Nothing listens there: start the " + what + ", or correct host and port."
	}
	return "Check host, port and firewall of the " + what + "."
}
