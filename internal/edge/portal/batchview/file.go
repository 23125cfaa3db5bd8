package batchview

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// mostTyped is how long an entry before the file may be, and mostParts how many there may be.
const (
	mostTyped = 4096
	mostParts = 20
)

// FilePart reads a multipart form up to its file; what stands before it goes into typed. Invalid on field "file" when
// there's none.
func FilePart(r *http.Request, typed url.Values) (*multipart.Part, error) {
	parts, err := r.MultipartReader()
	for n := 0; err == nil && n < mostParts; n++ {
		var part *multipart.Part
		if part, err = parts.NextPart(); err != nil {
			break
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
		text, failed := io.ReadAll(io.LimitReader(part, mostTyped))
		if failed != nil {
			return nil, failed
		}
		typed.Set(part.FormName(), strings.TrimSpace(string(text)))
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary) {
		err = fault.Invalid("file", i18n.M("finance.no_file"))
	}
	return nil, err
}

// TooLarge says of an error that a file has more bytes than it may; another error stays as it is.
func TooLarge(err error, most int64) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) || fault.KindOf(err) == fault.KindTooLarge {
		return fault.Invalid("file", i18n.M("finance.file_too_large", i18n.A{"megabytes": most >> 20}))
	}
	return err
}
