package app

import "runtime/debug"

// version is set by the linker for a release.
var version = "development"

// A BuildInfo says which program this is.
type BuildInfo struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

// Build returns what the linker and the build recorded.
func Build() BuildInfo {
	b := BuildInfo{Version: version, Commit: "unknown commit"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			b.Commit = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			b.Commit += " with changes"
		}
	}
	return b
}
