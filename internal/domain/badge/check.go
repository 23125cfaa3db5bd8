package badge

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/vc"
)

// A Result is the outcome of one check.
type Result string

// The results. Unchecked means that what the check needs isn't there: it says nothing about the credential.
const (
	Passed    Result = "passed"
	Failed    Result = "failed"
	Unchecked Result = "unchecked"
)

// Label is the result's word for people.
func (r Result) Label() i18n.Msg {
	switch r {
	case Passed:
		return i18n.M("badge.result.passed")
	case Failed:
		return i18n.M("badge.result.failed")
	}
	return i18n.M("badge.result.unchecked")
}

// The checks, in the order in which they're made.
const (
	CheckFormat = "format"
	CheckIssuer = "issuer"
	CheckProof  = "proof"
	CheckDates  = "dates"
	CheckStatus = "status"
)

// A Check is one question about a credential with its answer.
type Check struct {
	Name   string
	Result Result
	Why    i18n.Msg
}

// Label is the check's name for people.
func (c Check) Label() i18n.Msg {
	switch c.Name {
	case CheckFormat:
		return i18n.M("badge.check.format")
	case CheckIssuer:
		return i18n.M("badge.check.issuer")
	case CheckProof:
		return i18n.M("badge.check.proof")
	case CheckDates:
		return i18n.M("badge.check.dates")
	}
	return i18n.M("badge.check.status")
}

// From says where the key came from with which a signature was checked.
type From string

// Where a key may come from.
const (
	OwnKeys  From = "own"      // this installation's
	Document From = "document" // an issuer document that whoever asks has saved
	Fetched  From = "fetched"  // the issuer's address, which the vendor allows
	InKey    From = "did:key"  // the identifier itself: it holds, and says nothing about who that is
)

// A Finding is what is known of a credential after all checks. The texts are the document's own: believe them only
// when Verified.
type Finding struct {
	Verified   bool // the signature holds under a key of the issuer
	Good       bool // and it's in force: dates and status passed or, where nobody could ask, the dates
	ID         string
	Issuer     string // identifier
	IssuerName string
	KeyFrom    From // "" = none was found
	Key        string
	SignedAt   time.Time
	Name       string // what was achieved
	Holder     []string
	ValidFrom  time.Time
	ValidUntil time.Time
	Number     string // of our own credentials
	Checks     []Check
}

// Of finds one check; a check that wasn't made is Unchecked.
func (f Finding) Of(name string) Check {
	for _, c := range f.Checks {
		if c.Name == name {
			return c
		}
	}
	return Check{Name: name, Result: Unchecked}
}

// Verdict is what the checks come to, in a few words.
func (f Finding) Verdict() i18n.Msg {
	switch {
	case !f.Verified && f.KeyFrom == "" && f.Of(CheckFormat).Result == Passed && f.Of(CheckIssuer).Result == Unchecked:
		return i18n.M("badge.verdict.unknown")
	case !f.Verified:
		return i18n.M("badge.verdict.forged")
	case f.Of(CheckStatus).Result == Failed:
		return i18n.M("badge.verdict.withdrawn")
	case !f.Good:
		return i18n.M("badge.verdict.dates")
	case f.KeyFrom == InKey:
		return i18n.M("badge.verdict.bare")
	case f.Of(CheckStatus).Result == Unchecked:
		return i18n.M("badge.verdict.open")
	}
	return i18n.M("badge.verdict.good")
}

func (f *Finding) say(name string, r Result, why i18n.Msg) {
	f.Checks = append(f.Checks, Check{name, r, why})
}

// Sources is what a check may ask. Now is the instant for which it's asked; Wall is the machine's time, by which
// signatures and status lists are dated.
type Sources struct {
	Now, Wall time.Time
	// Issuer finds an issuer's document by its identifier; ErrNoIssuer when there's none.
	Issuer func(ctx context.Context, id string) (vc.Document, From, error)
	// Status finds a status list by its address; nil when nobody can be asked.
	Status func(ctx context.Context, url string) (vc.Document, error)
}

// ErrNoIssuer says that nobody here knows the issuer.
var ErrNoIssuer = errors.New("unknown issuer")

// Read takes a credential out of a file: JSON, or a PDF that carries one. Errors are Invalid on the field file.
func Read(file []byte) (vc.Document, error) {
	if pdf.Is(file) {
		inside, err := pdf.Attachment(file)
		if err != nil {
			return nil, fault.Invalid("file", i18n.M("badge.field.pdf"))
		}
		file = inside
	}
	d, err := vc.Parse(file)
	if err != nil {
		return nil, fault.Invalid("file", i18n.M("badge.field.json"))
	}
	if !d.Has("VerifiableCredential") {
		return nil, fault.Invalid("file", i18n.M("badge.field.kind"))
	}
	return d, nil
}

// Examine makes all checks of a credential. It stops asking where an answer would mean nothing: a forged document has
// no dates. It has no error for a bad credential: the checks say it.
func Examine(ctx context.Context, d vc.Document, src Sources) Finding {
	f := describe(d)
	if !f.format(d) {
		return f
	}
	key, ok := f.keyOf(ctx, d, src)
	if !ok || !f.proof(d, key, src.Wall) {
		return f
	}
	f.Verified = true
	inTime := f.dates(src.Now)
	f.Good = f.status(ctx, d, src) && inTime
	return f
}

// describe reads what the document says of itself.
func describe(d vc.Document) Finding {
	f := Finding{ID: vc.Text(d, "id"), Issuer: vc.ID(d["issuer"]), Name: words(d["name"])}
	if o, ok := d["issuer"].(map[string]any); ok {
		f.IssuerName = words(o["name"])
	}
	subject, _ := first(d["credentialSubject"]).(map[string]any)
	if a, ok := first(subject["achievement"]).(map[string]any); ok && words(a["name"]) != "" {
		f.Name = words(a["name"])
	}
	for _, x := range vc.List(subject["identifier"]) {
		if o, ok := x.(map[string]any); ok && o["hashed"] != true && vc.Text(o, "identityHash") != "" {
			f.Holder = append(f.Holder, vc.Text(o, "identityHash"))
		}
	}
	for _, name := range []string{words(subject["name"]), vc.Text(subject, "id")} {
		if len(f.Holder) == 0 && name != "" {
			f.Holder = []string{name}
		}
	}
	f.ValidFrom, _ = time.Parse(time.RFC3339, vc.Text(d, "validFrom"))
	f.ValidUntil, _ = time.Parse(time.RFC3339, vc.Text(d, "validUntil"))
	return f
}

// words is a text that may be given with its language.
func words(v any) string {
	switch x := first(v).(type) {
	case string:
		return x
	case map[string]any:
		return vc.Text(x, "@value")
	}
	return ""
}

func first(v any) any {
	if l := vc.List(v); len(l) > 0 {
		return l[0]
	}
	return nil
}

// format asks whether the document is one that can be checked at all.
func (f *Finding) format(d vc.Document) bool {
	list := vc.List(d["@context"])
	if len(list) == 0 || list[0] != vc.CredentialsV2 {
		f.say(CheckFormat, Failed, i18n.M("badge.format.version"))
		return false
	}
	if f.Issuer == "" || d["credentialSubject"] == nil {
		f.say(CheckFormat, Failed, i18n.M("badge.format.incomplete"))
		return false
	}
	for _, name := range []string{"validFrom", "validUntil"} {
		s, given := d[name]
		text, _ := s.(string)
		if _, err := time.Parse(time.RFC3339, text); given && err != nil {
			f.say(CheckFormat, Failed, i18n.M("badge.format.date", i18n.A{"name": name}))
			return false
		}
	}
	bare := vc.Document{}
	for k, v := range d {
		if k != "proof" {
			bare[k] = v
		}
	}
	if _, err := vc.Canonical(bare); err != nil {
		f.say(CheckFormat, Failed, formatReason(err))
		return false
	}
	if _, err := vc.ProofOf(d); err != nil {
		f.say(CheckFormat, Failed, formatReason(err))
		return false
	}
	f.say(CheckFormat, Passed, i18n.M("badge.format.ok"))
	return true
}

func formatReason(err error) i18n.Msg {
	a := i18n.A{"detail": i18n.Raw(detail(err))}
	switch {
	case errors.Is(err, vc.ErrContext):
		return i18n.M("badge.format.context", a)
	case errors.Is(err, vc.ErrTerm):
		return i18n.M("badge.format.term", a)
	case errors.Is(err, vc.ErrSuite):
		return i18n.M("badge.format.suite", a)
	case errors.Is(err, vc.ErrProof):
		return i18n.M("badge.format.proof", a)
	}
	return i18n.M("badge.format.broken", a)
}

// detail is the last part of an error's text, short enough for a page.
func detail(err error) string {
	parts := strings.SplitN(err.Error(), ": ", 2)
	s := []rune(parts[len(parts)-1])
	return string(s[:min(len(s), 120)])
}

// keyOf finds the key that the proof names, and whose it is: only a key that the issuer lists as its own counts.
func (f *Finding) keyOf(ctx context.Context, d vc.Document, src Sources) (methodKey, bool) {
	p, err := vc.ProofOf(d)
	if err != nil {
		f.say(CheckIssuer, Failed, formatReason(err))
		return methodKey{}, false
	}
	f.Key, f.SignedAt = p.Method, p.Created
	if strings.HasPrefix(f.Issuer, "did:key:") {
		key, err := vc.ParseDidKey(p.Method)
		if err != nil || f.Issuer != vc.DidKey(key) {
			f.say(CheckIssuer, Failed, i18n.M("badge.issuer.foreign_key"))
			return methodKey{}, false
		}
		f.KeyFrom = InKey
		f.say(CheckIssuer, Unchecked, i18n.M("badge.issuer.did_key", i18n.A{"key": i18n.Raw(f.Issuer)}))
		return methodKey{public: key}, true
	}
	doc, from, err := src.Issuer(ctx, f.Issuer)
	if err != nil {
		f.say(CheckIssuer, Unchecked, i18n.M("badge.issuer.unknown", i18n.A{"issuer": i18n.Raw(f.Issuer)}))
		f.say(CheckProof, Unchecked, i18n.M("badge.proof.no_key"))
		return methodKey{}, false
	}
	k, err := methodIn(doc, f.Issuer, p.Method)
	if err != nil {
		f.say(CheckIssuer, Failed, i18n.M("badge.issuer.foreign_key"))
		return k, false
	}
	if f.KeyFrom = from; !k.revoked.IsZero() || k.dead {
		f.say(CheckIssuer, Failed, i18n.M("badge.issuer.revoked_key"))
		return k, false
	}
	f.say(CheckIssuer, Passed, issuerWords(from, f.Issuer))
	return k, true
}

func issuerWords(from From, issuer string) i18n.Msg {
	a := i18n.A{"issuer": i18n.Raw(issuer)}
	switch from {
	case OwnKeys:
		return i18n.M("badge.issuer.own", a)
	case Fetched:
		return i18n.M("badge.issuer.fetched", a)
	}
	return i18n.M("badge.issuer.document", a)
}

// A methodKey is a key as an issuer document lists it.
type methodKey struct {
	public                    ed25519.PublicKey
	created, retired, revoked time.Time
	dead                      bool // listed, and not among those whose signatures hold
}

// methodIn finds a key in an issuer's document. The document must be the issuer's own, and the key its controller's.
func methodIn(doc vc.Document, issuer, method string) (k methodKey, err error) {
	if vc.Text(doc, "id") != issuer {
		return k, fmt.Errorf("%w: the document is %q", ErrNoIssuer, vc.Text(doc, "id"))
	}
	for _, x := range vc.List(doc["verificationMethod"]) {
		m, ok := x.(map[string]any)
		if !ok || vc.Text(m, "id") != method || vc.Text(m, "controller") != issuer || m["type"] != "Multikey" {
			continue
		}
		if k.public, err = vc.ParseMultibase(vc.Text(m, "publicKeyMultibase")); err != nil {
			return k, err
		}
		for name, t := range map[string]*time.Time{"created": &k.created, "retired": &k.retired, "revoked": &k.revoked} {
			*t, _ = time.Parse(time.RFC3339, vc.Text(m, name))
		}
		k.dead = true
		for _, good := range vc.List(doc["assertionMethod"]) {
			k.dead = k.dead && vc.ID(good) != method
		}
		return k, nil
	}
	return k, fmt.Errorf("%w: no such key", vc.ErrKey)
}

// slack is how far two machines' clocks may be apart.
const slack = 5 * time.Minute

// proof asks whether the signature holds, and was made in the key's time.
func (f *Finding) proof(d vc.Document, k methodKey, wall time.Time) bool {
	p, err := vc.Check(d, k.public)
	switch {
	case errors.Is(err, vc.ErrForged):
		f.say(CheckProof, Failed, i18n.M("badge.proof.forged"))
	case err != nil:
		f.say(CheckProof, Failed, formatReason(err))
	case !k.created.IsZero() && p.Created.Before(k.created.Add(-slack)), !k.retired.IsZero() && p.Created.After(k.retired.Add(slack)):
		f.say(CheckProof, Failed, i18n.M("badge.proof.not_then"))
	case !p.Expires.IsZero() && wall.After(p.Expires):
		f.say(CheckProof, Failed, i18n.M("badge.proof.expired"))
	default:
		f.say(CheckProof, Passed, i18n.M("badge.proof.ok"))
		return true
	}
	return false
}

// dates asks whether the present instant lies within the validity.
func (f *Finding) dates(now time.Time) bool {
	switch {
	case !f.ValidFrom.IsZero() && now.Before(f.ValidFrom):
		f.say(CheckDates, Failed, i18n.M("badge.dates.early"))
	case !f.ValidUntil.IsZero() && now.After(f.ValidUntil):
		f.say(CheckDates, Failed, i18n.M("badge.dates.expired"))
	default:
		f.say(CheckDates, Passed, i18n.M("badge.dates.ok"))
		return true
	}
	return false
}

// status asks the status lists that the credential names. False means that one says no; a list that nobody can read
// leaves the question open.
func (f *Finding) status(ctx context.Context, d vc.Document, src Sources) bool {
	entries := vc.List(d["credentialStatus"])
	if len(entries) == 0 {
		f.say(CheckStatus, Unchecked, i18n.M("badge.status.none"))
		return true
	}
	open := i18n.Msg{}
	for _, x := range entries {
		e, _ := x.(map[string]any)
		set, why := f.bit(ctx, e, src)
		if set {
			f.say(CheckStatus, Failed, why)
			return false
		}
		if !why.IsZero() && open.IsZero() {
			open = why
		}
	}
	if !open.IsZero() {
		f.say(CheckStatus, Unchecked, open)
		return true
	}
	f.say(CheckStatus, Passed, i18n.M("badge.status.ok"))
	return true
}

// bit reads one entry of a list. When it isn't set, why says what stood in the way of knowing, if anything did.
func (f *Finding) bit(ctx context.Context, e map[string]any, src Sources) (set bool, why i18n.Msg) {
	kind, meaning := vc.Text(e, "type"), vc.Text(e, "statusPurpose")
	if kind != "BitstringStatusListEntry" || !isPurpose(meaning) {
		return false, i18n.M("badge.status.kind", i18n.A{"kind": i18n.Raw(kind + " " + meaning)})
	}
	url := vc.Text(e, "statusListCredential")
	n, err := strconv.ParseUint(vc.Text(e, "statusListIndex"), 10, 31)
	if err != nil || src.Status == nil {
		return false, i18n.M("badge.status.offline", i18n.A{"url": i18n.Raw(url)})
	}
	list, err := src.Status(ctx, url)
	if err != nil || list == nil {
		return false, i18n.M("badge.status.offline", i18n.A{"url": i18n.Raw(url)})
	}
	bits, why := f.list(ctx, list, url, meaning, src)
	if !why.IsZero() {
		return false, why
	}
	if set, err = bits.Get(int(n)); err != nil {
		return false, i18n.M("badge.status.broken", i18n.A{"url": i18n.Raw(url)})
	}
	if set && meaning == Suspension {
		return true, i18n.M("badge.status.suspended")
	}
	if set {
		return true, i18n.M("badge.status.revoked")
	}
	return false, i18n.Msg{}
}

// list checks a status list as a credential of its own: of the same issuer, signed, in time, of the right purpose.
func (f *Finding) list(ctx context.Context, d vc.Document, url, meaning string, src Sources) (vc.Bits, i18n.Msg) {
	broken := i18n.M("badge.status.broken", i18n.A{"url": i18n.Raw(url)})
	subject, _ := d["credentialSubject"].(map[string]any)
	if vc.Text(d, "id") != url || vc.ID(d["issuer"]) != f.Issuer || !d.Has("BitstringStatusListCredential") || subject["statusPurpose"] != meaning {
		return nil, broken
	}
	own := describe(d)
	key, ok := own.keyOf(ctx, d, src)
	if !ok || !own.proof(d, key, src.Wall) {
		return nil, broken
	}
	if !own.ValidUntil.IsZero() && src.Wall.After(own.ValidUntil.Add(slack)) {
		return nil, i18n.M("badge.status.old", i18n.A{"url": i18n.Raw(url), "at": own.ValidUntil.UTC().Format(time.RFC3339)})
	}
	bits, err := vc.DecodeBits(vc.Text(subject, "encodedList"))
	if err != nil {
		return nil, broken
	}
	return bits, i18n.Msg{}
}
