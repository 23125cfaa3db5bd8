// Package programs holds the programs that ship with Hanse, as data: one file per version, its test cases beside it,
// and the catalogue of certificates.
package programs

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"hanse/internal/domain/program"
)

// Files are the shipped files: NAME@VERSION.yaml, NAME@VERSION.test.yaml, catalogue.yaml, schema.json.
//
//go:embed *.yaml schema.json
var Files embed.FS

// CatalogueFile is the name of the certificate catalogue in Files.
const CatalogueFile = "catalogue.yaml"

// Catalogue reads the shipped certificate catalogue.
func Catalogue() (*program.Catalogue, error) {
	b, err := Files.ReadFile(CatalogueFile)
	if err != nil {
		return nil, err
	}
	cat, problems := program.ParseCatalogue(CatalogueFile, b)
	return cat, problems.Err()
}

// Library reads the shipped versions. It parses them anew; keep the result.
func Library() (*program.Library, error) {
	cat, err := Catalogue()
	if err != nil {
		return nil, fmt.Errorf("certificate catalogue: %w", err)
	}
	names, err := Versions()
	if err != nil {
		return nil, err
	}
	var parsed []*program.Parsed
	for _, name := range names {
		b, err := Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p, problems := program.Parse(name, b, cat)
		if problems != nil {
			return nil, problems
		}
		parsed = append(parsed, p)
	}
	lib, problems := program.NewLibrary(cat, parsed...)
	return lib, problems.Err()
}

// Versions are the names of the shipped version files.
func Versions() ([]string, error) {
	all, err := fs.Glob(Files, "*@*.yaml")
	var out []string
	for _, name := range all {
		if !strings.HasSuffix(name, ".test.yaml") {
			out = append(out, path.Base(name))
		}
	}
	return out, err
}
