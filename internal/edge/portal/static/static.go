// Package static holds the files that browsers load: our style and script, and those of others (VENDOR.md).
package static

import "embed"

// Files holds every file, named as below this folder. Names within scripts and styles are written asset:NAME.
//
//go:embed *.css *.js *.svg vendor/*.js vendor/*.css vendor/*.woff2
var Files embed.FS
