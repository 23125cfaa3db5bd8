// Package found draws why a list has a row: the place where a ticket has the words that were looked for, with these
// marked.
package found

import (
	"context"
	"strings"

	"hanse/internal/kit/fulltext"
	"hanse/internal/kit/i18n"
)

// Why says what somebody who found nothing can do: type something that can be looked for, or know how words are compared.
// Without a search it's the text given.
func Why(ctx context.Context, search, otherwise string) string {
	switch {
	case strings.TrimSpace(search) == "":
		return otherwise
	case fulltext.Parse(search).Empty():
		return i18n.T(ctx, "fulltext.none")
	}
	return i18n.T(ctx, "fulltext.hint")
}
