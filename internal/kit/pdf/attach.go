package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"

	"codeberg.org/go-pdf/fpdf"
)

// CredentialName is the name under which a certificate carries its credential.
const CredentialName = "credential.json"

// attach puts the credential into the document as an embedded file.
func (s *sheet) attach(credential []byte) {
	s.SetAttachments([]fpdf.Attachment{{Content: credential, Filename: CredentialName, Description: "Open Badges 3.0, W3C Verifiable Credential"}})
}

// Is tells whether a file is a PDF.
func Is(b []byte) bool {
	return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-"))
}

// errNothing says that a document carries no file that can be read.
var errNothing = errors.New("the document carries no readable file")

// mostAttached bounds what is unpacked from a document: a small one could hold a huge file.
const mostAttached = 1 << 20

// Attachment returns the first file that a document carries and that looks like JSON. It reads plain embedded files,
// as this package writes them and most programs keep them; an encrypted document gives none.
func Attachment(b []byte) ([]byte, error) {
	for rest := b; ; {
		i := bytes.Index(rest, []byte("/EmbeddedFile"))
		if i < 0 {
			return nil, errNothing
		}
		rest = rest[i+len("/EmbeddedFile"):]
		if bytes.HasPrefix(rest, []byte("s")) {
			continue // the table of names, not a file
		}
		if out, ok := embedded(rest); ok {
			return out, nil
		}
	}
}

// embedded reads the stream that follows the start of an embedded file's dictionary.
func embedded(b []byte) ([]byte, bool) {
	i, end := bytes.Index(b, []byte("stream")), bytes.Index(b, []byte("endobj"))
	if i < 0 || end >= 0 && end < i {
		return nil, false
	}
	head, body := b[:i], bytes.TrimPrefix(b[i+len("stream"):], []byte("\r"))
	body = bytes.TrimPrefix(body, []byte("\n"))
	var r io.Reader = bytes.NewReader(body)
	if bytes.Contains(head, []byte("/FlateDecode")) {
		z, err := zlib.NewReader(r)
		if err != nil {
			return nil, false
		}
		defer z.Close()
		r = z
	} else if j := bytes.Index(body, []byte("endstream")); j >= 0 {
		r = bytes.NewReader(body[:j])
	}
	out, err := io.ReadAll(io.LimitReader(r, mostAttached+1))
	if err != nil || len(out) > mostAttached || !bytes.HasPrefix(bytes.TrimSpace(out), []byte("{")) {
		return nil, false
	}
	return out, true
}
