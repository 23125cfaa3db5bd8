package funds_test

import (
	"encoding/json"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/db"
)

func lastCode(t *testing.T, w *fixture.World) string {
	t.Helper()
	all, err := db.All(t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = $1 ORDER BY id`, "login.code_requested")
	fixture.Must(t, err)
	var x login.CodeRequested
	fixture.Must(t, json.Unmarshal([]byte(all[len(all)-1]), &x))
	code, err := w.Vault.Open("mail", x.Sealed)
	fixture.Must(t, err)
	return code
}
