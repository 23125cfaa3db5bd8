package main

import (
	"errors"

	"hanse/internal/app/programcmd"
	"hanse/internal/kit/clock"
)

// programCmd works on program files without a server.
type programCmd struct {
	Check    programCheckCmd    `cmd:"" help:"Check program files and say what is wrong, with line and column."`
	Test     programTestCmd     `cmd:"" help:"Run the test cases beside program files."`
	Evaluate programEvaluateCmd `cmd:"" help:"Evaluate a program version for a roster, without a server."`
	Simulate programSimulateCmd `cmd:"" help:"Compare a program file with the version in force over all partners; nothing is stored."`
}

type programCheckCmd struct{ programcmd.CheckCmd }

// Run checks.
func (c *programCheckCmd) Run(io std) error { return programResult(c.CheckCmd.Run(programEnv(io))) }

type programTestCmd struct{ programcmd.TestCmd }

// Run runs the cases.
func (c *programTestCmd) Run(io std) error { return programResult(c.TestCmd.Run(programEnv(io))) }

type programEvaluateCmd struct{ programcmd.EvaluateCmd }

// Run evaluates.
func (c *programEvaluateCmd) Run(io std) error {
	return programResult(c.EvaluateCmd.Run(programEnv(io)))
}

func programEnv(io std) *programcmd.Env {
	return &programcmd.Env{Out: io.out, Err: io.err, Now: clock.New().Now}
}

// programResult turns the commands' errors into those with the program's exit codes.
func programResult(err error) error {
	var input *programcmd.InputError
	switch {
	case errors.Is(err, programcmd.ErrFailed):
		return errSilent
	case errors.As(err, &input):
		return badInput("%w", input)
	}
	return err
}
