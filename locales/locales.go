// Package locales holds the message catalogues: one folder per language, one file per area of the product.
package locales

import "embed"

// Files holds en/*.json and zh-Hans/*.json.
//
//go:embed en/*.json zh-Hans/*.json
var Files embed.FS
