package osm

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"hanse/internal/domain/attachment"
	"hanse/internal/edge/wire"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// mostFiles is how many attachments one call may name.
const mostFiles = 20

type wireStored struct {
	ID string `json:"accessory_id"`
}

// sources are what a file is uploaded for.
var sources = []string{string(attachment.Incident), string(attachment.Message)}

// form_data is the first part of an upload; its keys are written in another style than everything else.
type formData struct {
	Name string `json:"fileName"`
	From string `json:"accessoryFrom"`
	Type int    `json:"uploadType"`
}

// uploadAccessory takes a file of a form: form_data says what it's for, file is the file. They come in this order, so that
// the file is stored as it arrives.
func uploadAccessory(c *call) (any, error) {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxUpload)
	parts, err := c.r.MultipartReader()
	if err != nil {
		return nil, fault.Fields{{Name: "body", Msg: i18n.M("osm.multipart")}}.Err()
	}
	var meta *formData
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, badUpload(err)
		}
		switch part.FormName() {
		case "form_data":
			if meta, err = readMeta(part); err != nil {
				return nil, err
			}
		case "file":
			return c.store(meta, part)
		}
	}
}

// badUpload is for a form that ends before its file.
func badUpload(err error) error {
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return wire.TooLarge(large.Limit)
	}
	return fault.Fields{{Name: "file", Msg: i18n.M("wire.missing")}}.Err()
}

func readMeta(part *multipart.Part) (*formData, error) {
	raw, err := io.ReadAll(io.LimitReader(part, 5001))
	meta := new(formData)
	if err != nil || len(raw) > 5000 || json.Unmarshal(raw, meta) != nil {
		return nil, fault.Fields{{Name: "form_data", Msg: i18n.M("wire.body")}}.Err()
	}
	return meta, nil
}

func (c *call) store(meta *formData, part *multipart.Part) (any, error) {
	f := &form{}
	if meta == nil {
		f.refuse("form_data", "", i18n.M("osm.form_data_first"))
		return nil, f.err()
	}
	name := meta.Name
	if name == "" {
		name = part.FileName()
	}
	return c.put(f, f.must("form_data.fileName", name, 512), f.mustWord("form_data.accessoryFrom", meta.From, sources...), meta.Type, part)
}

func (c *call) put(f *form, name, from string, kind int, body io.Reader) (any, error) {
	if kind != 0 && kind != 1 {
		f.refuse("upload_type", strconv.Itoa(kind), i18n.M("wire.choice", i18n.A{"words": "0, 1"}))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	a, err := c.api.Attachments.Put(c.ctx(), c.by, attachment.Upload{Source: attachment.Source(from), Name: name, Inline: kind == 1, Body: body})
	return wireStored{a.ID}, err
}

// uploadJSONAccessories takes a file inside a JSON body.
func uploadJSONAccessories(c *call) (any, error) {
	in, err := wire.Decode[struct {
		Name string `json:"accessory_name"`
		From string `json:"accessory_from"`
		Type int    `json:"upload_type"`
		Data string `json:"accessory_data"`
	}](c.r, maxJSON)
	if err != nil {
		return nil, err
	}
	f := &form{}
	name, from := f.must("accessory_name", in.Name, 512), f.mustWord("accessory_from", in.From, sources...)
	data, err := base64.StdEncoding.DecodeString(in.Data)
	if err != nil || in.Data == "" {
		f.refuse("accessory_data", "", i18n.M("osm.base64"))
	}
	return c.put(f, name, from, in.Type, bytes.NewReader(data))
}

// accessory finds a file that the caller may read: an upload of its own, or one of a ticket in its scope.
func (c *call) accessory(id string, group bool) (attachment.Attachment, error) {
	a, err := c.api.Tickets.Attachment(c.ctx(), c.by, id)
	if err == nil && a.Ticket != "" {
		_, err = c.ticket(a.Ticket, group)
	}
	if fault.KindOf(err) == fault.KindNotFound {
		err = noFile()
	}
	if e := new(refusal); errors.As(err, &e) {
		err = noFile()
	}
	return a, err
}

func noFile() error { return business(codeNoCase, i18n.M("osm.no_file")) }

// downloadAccessories sends a file; several as one archive.
func downloadAccessories(c *call) (any, error) {
	f := c.query()
	group := f.group()
	f.q.Set("accessory_id", c.path("accessory_id"))
	ids := f.list("accessory_id", 1, mostFiles, mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	var files []attachment.Attachment
	for _, id := range ids {
		a, err := c.accessory(id, group)
		if err != nil {
			return nil, err
		}
		files = append(files, a)
	}
	if len(files) == 1 {
		return c.stream(files[0], "attachment")
	}
	return c.archive(files)
}

// stream sends one file as it is. What a browser could run or draw stays a file: nothing but pictures is shown inside.
func (c *call) stream(a attachment.Attachment, disposition string) (any, error) {
	file, err := c.api.Attachments.Open(a)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	c.head(a.Name, a.Media, disposition)
	http.ServeContent(c.w, c.r, "", a.At, file)
	return streamed, nil
}

// head says what comes: a file that is kept from being taken for a page.
func (c *call) head(name, media, disposition string) {
	h := c.w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "no-store")
}

// archive sends several files; those of one name get a number.
func (c *call) archive(files []attachment.Attachment) (any, error) {
	w := &lazy{c: c, name: "attachments.zip", media: "application/zip"}
	z := zip.NewWriter(w)
	seen := map[string]int{}
	for _, a := range files {
		if err := c.pack(z, a, unique(seen, a.Name)); err != nil {
			return nil, w.broken(err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, w.broken(err)
	}
	return streamed, nil
}

func (c *call) pack(z *zip.Writer, a attachment.Attachment, name string) error {
	file, err := c.api.Attachments.Open(a)
	if err != nil {
		return err
	}
	defer file.Close()
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.At})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}

// unique gives the second file of a name "(2)" before its ending.
func unique(seen map[string]int, name string) string {
	key := strings.ToLower(name)
	seen[key]++
	if seen[key] == 1 {
		return name
	}
	ext := filepath.Ext(name)
	return unique(seen, strings.TrimSuffix(name, ext)+" ("+strconv.Itoa(seen[key])+")"+ext)
}

// A lazy answer sends its head with its first byte, so that what fails before can still be told.
type lazy struct {
	c           *call
	name, media string
	begun       bool
}

// Write sends a part.
func (w *lazy) Write(b []byte) (int, error) {
	w.begin()
	return w.c.w.Write(b)
}

func (w *lazy) begin() {
	if !w.begun {
		w.begun = true
		w.c.head(w.name, w.media, "attachment")
	}
}

// broken is what to answer when the rest can't be sent: the error, or a connection that ends, so that nobody takes half of
// a file for the whole.
func (w *lazy) broken(err error) error {
	if w.begun {
		w.c.api.Log.ErrorContext(w.c.ctx(), "osm file", "operation", w.c.op.Name, "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// downloadImages shows a picture.
func downloadImages(c *call) (any, error) {
	f := c.query()
	group := f.group()
	if err := f.err(); err != nil {
		return nil, err
	}
	a, err := c.accessory(c.path("accessory_id"), group)
	if err != nil {
		return nil, err
	}
	if !a.Picture() {
		return nil, fault.Fields{{Name: "accessory_id", Value: a.ID, Msg: i18n.M("osm.no_picture")}}.Err()
	}
	return c.stream(a, "inline")
}

// deleteAccessories drops an upload that no ticket or message has taken.
func deleteAccessories(c *call) (any, error) {
	err := c.api.Attachments.Delete(c.ctx(), c.by, c.path("accessory_id"))
	if fault.KindOf(err) == fault.KindNotFound {
		err = noFile()
	}
	return nil, err
}

type wireURL struct {
	ID   string `json:"accessory_id"`
	Name string `json:"accessory_name"`
	URL  string `json:"accessory_url"`
}

// listAccessoryAccessUrls gives addresses under which the files can be had for a while without signing.
func listAccessoryAccessUrls(c *call) (any, error) {
	f := c.query()
	ids, group := f.list("accessory_ids", 1, mostFiles, mostID), f.group()
	if err := f.err(); err != nil {
		return nil, err
	}
	list := []wireURL{}
	for _, id := range ids {
		a, err := c.accessory(id, group)
		if err != nil {
			return nil, err
		}
		list = append(list, wireURL{a.ID, a.Name, c.url(a)})
	}
	return struct {
		List []wireURL `json:"accessory_urls"`
	}{list}, nil
}

// showDownloadAccessoryURL gives one such address.
func showDownloadAccessoryURL(c *call) (any, error) {
	f := c.query()
	f.mustWord("relation_type", f.arg("relation_type", 32), "DEFAULT", "NO_RELATION", "NOTIFICATION", "INCIDENT", "MESSAGE", "INSPECTION", "CONNECT")
	f.arg("relation_id", mostID)
	incident := f.arg("incident_id", mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	a, err := c.accessory(c.path("accessory_id"), f.group())
	if err == nil && incident != "" && a.Ticket != incident {
		err = noFile()
	}
	if err != nil {
		return nil, err
	}
	return struct {
		URL string `json:"accessory_url"`
	}{c.url(a)}, nil
}
