package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"hanse/internal/app"
	"hanse/internal/kit/config"
	"hanse/internal/kit/fault"
)

// cli is the command line: one field, one file for each command.
type cli struct {
	Config string `name:"config" env:"HANSE_CONFIG" placeholder:"FILE" help:"YAML file with settings. Flags and HANSE_* variables win over it."`

	Serve   serveCmd   `cmd:"" help:"Run the server."`
	Demo    demoCmd    `cmd:"" help:"Start a filled portal with no other service."`
	Migrate migrateCmd `cmd:"" help:"Bring the database schema up to date."`
	Import  importCmd  `cmd:"" help:"Import people and certificates."`
	Export  exportCmd  `cmd:"" help:"Export people or partners."`
	Backup  backupCmd  `cmd:"" help:"Write database, files and secret key into one archive."`
	Restore restoreCmd `cmd:"" help:"Restore an archive into an empty installation."`
	Doctor  doctorCmd  `cmd:"" help:"Check the configuration and every connection, with remedies."`
	Verify  verifyCmd  `cmd:"" help:"Say whether a certificate number is in force."`
	Audit   auditCmd   `cmd:"" help:"Work with the audit log."`
	Ledger  ledgerCmd  `cmd:"" help:"Work with the books."`
	Program programCmd `cmd:"" help:"Check, test and evaluate program files."`
	User    userCmd    `cmd:"" help:"Make, list and deactivate users."`
	Key     keyCmd     `cmd:"" help:"Make, list and disable access keys."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// std is where a command reads and writes.
type std struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // wrong command line or wrong input
)

// errUsage marks an error of the caller.
var errUsage = errors.New("usage")

// badInput says that what the caller gave is wrong.
func badInput(format string, args ...any) error {
	return fmt.Errorf("%w%w", hidden{errUsage}, fmt.Errorf(format, args...))
}

// hidden marks an error without adding to its text.
type hidden struct{ error }

func (h hidden) Error() string { return "" }
func (h hidden) Unwrap() error { return h.error }

// errSilent ends a command with exit code 1 when it has said already what is wrong.
var errSilent = errors.New("said already")

// exit carries kong's wish to end (after --help) out of its depths.
type exit int

// run parses and runs one command line and returns the exit code.
func run(ctx context.Context, args []string, io std) (code int) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case exit:
			code = int(v)
		default:
			panic(v) // a defect: it must be seen, not end as success
		}
	}()
	var c cli
	k, err := kong.New(&c, kong.Name("hanse"), kong.Description("Hanse, the self-hosted Partner Center."),
		kong.Writers(io.out, io.err), kong.Exit(func(code int) { panic(exit(code)) }), kong.Resolvers(config.Resolver()),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}), kong.UsageOnError(),
		kong.ExplicitGroups([]kong.Group{{Key: "settings", Title: "Settings (flags, HANSE_* variables, or the file of --config):"}}))
	if err != nil {
		fmt.Fprintln(io.err, "hanse:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := k.Parse(args)
	if err != nil {
		fmt.Fprintln(io.err, "hanse:", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return report(io, parsed.Run(io))
}

// report prints why a command failed and chooses the exit code.
func report(io std, err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errSilent):
		return exitFailed
	}
	fmt.Fprintln(io.err, "hanse:", err)
	if kind := fault.KindOf(err); errors.Is(err, errUsage) || kind == fault.KindInvalid || kind == fault.KindNotFound {
		return exitUsage
	}
	return exitFailed
}

// settings are the configuration flags of a command that opens the installation.
type settings struct {
	config.Config `embed:"" group:"settings"`
}

func (s *settings) complete() error {
	if err := s.Complete(); err != nil {
		return badInput("%w", err)
	}
	return nil
}

// open makes the program from the settings, for commands that work beside a running server.
func (s *settings) open(ctx context.Context, io std) (*app.App, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	return app.New(ctx, app.Parts{Config: s.Config, Log: app.NewLogger(s.Log, io.err)})
}

// printJSON writes one value as indented JSON.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// create makes a file that only its owner can read, and refuses to overwrite one.
func create(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, badInput("%s exists already: choose another name", path)
	}
	return f, err
}
