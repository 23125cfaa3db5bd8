package account

import (
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/language"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// The most characters of each entry.
const (
	maxName    = 200
	maxAddress = 300
	maxContact = 100
	maxReason  = 1000
)

// line cleans an entry of one line, and refuses it when it's missing, too long, or hides characters that make two
// names look alike.
func line(fs *fault.Fields, field, typed string, most int, required bool) string {
	s := text.Clean(typed)
	_, hidden := text.Invisible(typed)
	switch {
	case hidden:
		fs.Add(field, typed, i18n.M("account.entry_hidden"))
	case s == "" && required:
		fs.Add(field, typed, i18n.M("account.entry_missing"))
	case utf8.RuneCountInString(s) > most:
		fs.Add(field, typed, i18n.M("account.entry_long", i18n.A{"max": most}))
	}
	return s
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// company checks what every company has. Names of fields are those of the forms and of the API.
func (a *Account) company(fs *fault.Fields, nameField string, contactRequired bool) {
	a.Name = line(fs, nameField, a.Name, maxName, true)
	a.Address = line(fs, "address", a.Address, maxAddress, false)
	a.Contact = line(fs, "contact", a.Contact, maxContact, contactRequired)
	if r, err := language.ParseRegion(a.Country); !countryCode.MatchString(a.Country) || err != nil || !r.IsCountry() {
		fs.Add("country", a.Country, i18n.M("account.country_wrong"))
	}
	a.Website = website(fs, a.Website)
	if a.Email != "" || contactRequired {
		a.Email = email(fs, a.Email)
	}
	if a.Phone != "" {
		p, ok := login.Phone(a.Phone)
		if !ok {
			fs.Add("phone", a.Phone, i18n.M("account.phone_wrong"))
		}
		a.Phone = p
	}
}

func website(fs *fault.Fields, typed string) string {
	s := line(fs, "website", typed, maxAddress, false)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		fs.Add("website", typed, i18n.M("account.website_wrong"))
	}
	return s
}

func email(fs *fault.Fields, typed string) string {
	s, ok := text.Email(typed)
	if !ok {
		fs.Add("email", typed, i18n.M("account.email_wrong"))
	}
	return s
}

// partner checks what only partners have.
func (a *Account) partner(fs *fault.Fields) {
	if a.Market != Overseas && a.Market != China {
		fs.Add("market", a.Market, i18n.M("account.market_wrong"))
	}
	if len(a.Channel) == 0 {
		fs.Add("channel", "", i18n.M("account.channel_missing"))
	}
	for _, c := range a.Channel {
		if !slices.Contains(Channels, c) {
			fs.Add("channel", string(c), i18n.M("account.channel_wrong"))
		}
	}
}

// rolesFor refuses roles that an account of a kind doesn't have, and an empty list.
func rolesFor(fs *fault.Fields, kind actor.Kind, roles []actor.Role) []actor.Role {
	if len(roles) == 0 {
		fs.Add("roles", "", i18n.M("account.roles_missing"))
	}
	for _, r := range roles {
		if !slices.Contains(actor.RolesOf(kind), r) {
			fs.Add("roles", string(r), i18n.M("account.roles_wrong"))
		}
	}
	roles = slices.Clone(roles)
	slices.Sort(roles)
	return slices.Compact(roles)
}

func pickLanguage(lang, otherwise string) string {
	for _, l := range []string{lang, otherwise} {
		if slices.Contains(i18n.Languages, l) {
			return l
		}
	}
	return i18n.English
}

// reason is mandatory where somebody loses something.
func reason(typed string) (string, error) {
	var fs fault.Fields
	s := text.Lines(typed)
	switch {
	case s == "":
		fs.Add("reason", typed, i18n.M("account.reason_missing"))
	case utf8.RuneCountInString(s) > maxReason:
		fs.Add("reason", typed, i18n.M("account.entry_long", i18n.A{"max": maxReason}))
	}
	return s, fs.Err()
}
