package signin

import (
	"context"
	"sort"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// shell is the page's surroundings; its title tells when entries were refused.
func shell(v view, title i18n.Msg) page.ShellView {
	s := v.Shell(v.r, title)
	s.Invalid = len(v.Errs) > 0
	return s
}

// first is the first text that isn't empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func invitationNext(ctx context.Context, inv account.Invitation) string {
	if inv.NeedsPassword {
		return i18n.T(ctx, "signin.invitation.next")
	}
	return i18n.T(ctx, "signin.invitation.next_known")
}

func markets(ctx context.Context) (out []ui.Option) {
	for _, m := range []string{account.Overseas, account.China} {
		out = append(out, ui.Option{Value: m, Label: i18n.Say(ctx, account.MarketLabel(m))})
	}
	return out
}

// channels are the roles that a company can register for by itself; distributors are invited.
func channels(ctx context.Context) (out []ui.Option) {
	for _, c := range []account.Channel{account.Reseller, account.SolutionProvider, account.ServicePartner,
		account.LearningPartner, account.SI, account.SoftwarePartner} {
		out = append(out, ui.Option{Value: string(c), Label: i18n.Say(ctx, account.ChannelLabel(c))})
	}
	return out
}

// typed lists what a kept form holds, for the eye.
func typed(st login.Stashed) (out []ui.Fact) {
	names := make([]string, 0, len(st.Form))
	for name := range st.Form {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if text := strings.Join(st.Form[name], ", "); text != "" {
			out = append(out, ui.Fact{Label: name, Value: text})
		}
	}
	return out
}

// hidden repeats what a kept form holds, to be sent again.
func hidden(st login.Stashed) (out [][2]string) {
	for name, values := range st.Form {
		for _, v := range values {
			out = append(out, [2]string{name, v})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i][0] < out[j][0] })
	return out
}
