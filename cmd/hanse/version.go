package main

import (
	"fmt"

	"hanse/internal/app"
)

type versionCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (*versionCmd) Help() string { return "Example:\n  hanse version --json" }

// Run prints version, commit and Go version.
func (c *versionCmd) Run(io std) error {
	v := app.Build()
	if c.JSON {
		return printJSON(io.out, v)
	}
	_, err := fmt.Fprintf(io.out, "hanse %s (%s, %s)\n", v.Version, v.Commit, v.Go)
	return err
}
