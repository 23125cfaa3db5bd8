package osm

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/web"
)

// filePath begins the addresses of files.
const filePath = base + "/files/"

// urlLifetime is how long an address works.
const urlLifetime = 10 * time.Minute

// url is an address of a file for whoever has it, until it ends. It names file and end, and is signed with a key of this
// installation's own.
func (c *call) url(a attachment.Attachment) string {
	end := strconv.FormatInt(c.api.DB.Clock().Wall().Add(urlLifetime).Unix(), 10)
	return c.api.BaseURL + filePath + a.ID + "." + end + "." + c.api.seal(a.ID, end)
}

func (a *API) seal(id, end string) string {
	mac := hmac.New(sha256.New, a.urlKey)
	mac.Write([]byte(id + "." + end))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// file answers such an address. What is wrong with one isn't told: to whoever guesses, all are alike.
func (a *API) file(w http.ResponseWriter, r *http.Request) {
	c := a.call(w, r, nil)
	web.Route(r.Context(), "GET "+filePath+"{token}")
	id, ok := a.opened(r.PathValue("token"))
	if !ok {
		c.fail(noFile())
		return
	}
	found, err := attachment.Find(c.ctx(), a.DB.Read(), id)
	if err == nil && found.Ticket != "" {
		var t ticket.Ticket
		if t, err = ticket.Find(c.ctx(), a.DB.Read(), found.Ticket); err == nil && t.State == ticket.Deleted {
			err = noFile()
		}
	}
	if err == nil {
		_, err = c.stream(found, "attachment")
	}
	if err != nil {
		c.fail(err)
	}
}

// opened is the file that an address names; false when it isn't ours, or has ended.
func (a *API) opened(token string) (id string, ok bool) {
	id, rest, _ := strings.Cut(token, ".")
	end, seal, _ := strings.Cut(rest, ".")
	until, err := strconv.ParseInt(end, 10, 64)
	known := hmac.Equal([]byte(seal), []byte(a.seal(id, end)))
	return id, known && err == nil && a.DB.Clock().Wall().Before(time.Unix(until, 0))
}
