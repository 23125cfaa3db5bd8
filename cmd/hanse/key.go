package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"hanse/internal/domain/login"
)

type keyCmd struct {
	Create  keyCreateCmd  `cmd:"" help:"Make an access key for a user; the secret key is printed once."`
	List    keyListCmd    `cmd:"" help:"List a user's access keys."`
	Disable keyDisableCmd `cmd:"" help:"Disable an access key at once and for ever."`
}

type ofUser struct {
	ofAccount
	User string `required:"" placeholder:"ID" help:"User id, as hanse user list prints it."`
}

// A listed key, in the API's spelling.
type listedKey struct {
	AccessKey string    `json:"access_key"`
	SecretKey string    `json:"secret_key,omitempty"`
	Note      string    `json:"note"`
	State     string    `json:"state"`
	CreatedAt time.Time `json:"created_at"`
	LastUsed  time.Time `json:"last_used_at,omitzero"`
}

type keyCreateCmd struct {
	ofUser
	Note string `default:"made on the command line" help:"What the key is for."`
	JSON bool   `name:"json" help:"Print as JSON."`
	settings
}

func (*keyCreateCmd) Help() string {
	return "Example:\n  hanse key create --account vendor --user usr_01jd0c7m2q8v5t3n9x4k6w1b2e --note \"nightly import\" --json"
}

// Run makes the key.
func (c *keyCreateCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := c.find(ctx, a)
	if err != nil {
		return err
	}
	k, secretKey, err := a.Login.CreateKey(ctx, operator, login.NewKey{Note: c.Note, Account: id, User: c.User})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(io.out, listedKey{k.AccessKey, secretKey, k.Note, k.State, k.CreatedAt, k.LastUsed})
	}
	_, err = fmt.Fprintf(io.out, "Access key %s\nSecret key, shown once: %s\n", k.AccessKey, secretKey)
	return err
}

type keyListCmd struct {
	ofUser
	JSON bool `name:"json" help:"Print as JSON."`
	settings
}

func (*keyListCmd) Help() string {
	return "Example:\n  hanse key list --account vendor --user usr_01jd0c7m2q8v5t3n9x4k6w1b2e"
}

// Run lists.
func (c *keyListCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	by := operator
	if by.Account, err = c.find(ctx, a); err != nil {
		return err
	}
	by.User = c.User // whose keys these are
	keys, err := a.Login.Keys(ctx, by)
	if err != nil {
		return err
	}
	out := make([]listedKey, 0, len(keys))
	for _, k := range keys {
		out = append(out, listedKey{k.AccessKey, "", k.Note, k.State, k.CreatedAt, k.LastUsed})
	}
	if c.JSON {
		return printJSON(io.out, out)
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACCESS KEY\tSTATE\tMADE\tNOTE")
	for _, k := range out {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.AccessKey, k.State, k.CreatedAt.Format(time.DateOnly), k.Note)
	}
	return w.Flush()
}

type keyDisableCmd struct {
	AccessKey string `arg:"" help:"The access key."`
	settings
}

func (*keyDisableCmd) Help() string { return "Example:\n  hanse key disable K7QX2M5N3P4R6T8V2W4Y" }

// Run disables.
func (c *keyDisableCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Login.DisableKey(ctx, operator, c.AccessKey); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "Access key %s is disabled\n", c.AccessKey)
	return err
}
