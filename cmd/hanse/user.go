package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"hanse/internal/app"
	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/secret"
)

type userCmd struct {
	Create     userCreateCmd     `cmd:"" help:"Make a user, also the first administrator."`
	Engineer   userEngineerCmd   `cmd:"" help:"Give an engineer a sign-in to the own certificates."`
	List       userListCmd       `cmd:"" help:"List the users of an account."`
	Deactivate userDeactivateCmd `cmd:"" help:"End a user's membership, with sessions and keys."`
}

// operator is who acts on the command line: whoever can read the secret key may do this anyway.
var operator = actor.Program("cli")

// ofAccount is the account that a command is about: its id, or the word vendor.
type ofAccount struct {
	Account string `required:"" placeholder:"ID" help:"Account id (32 hexadecimal digits), or vendor."`
}

func (o ofAccount) find(ctx context.Context, a *app.App) (string, error) {
	if o.Account != "vendor" {
		return o.Account, nil
	}
	v, err := a.Account.Vendor(ctx)
	return v.ID, err
}

type userCreateCmd struct {
	ofAccount
	Email         string   `required:"" help:"Address to sign in with."`
	Name          string   `required:"" help:"The person's name."`
	Role          []string `required:"" placeholder:"ROLE" help:"Roles, separated by commas, such as vendor_admin or partner_admin."`
	Company       string   `placeholder:"NAME" help:"The vendor's name, when the vendor's account is made too."`
	Country       string   `default:"CN" placeholder:"CODE" help:"The vendor's country, two letters."`
	Lang          string   `default:"en" enum:"en,zh-Hans" help:"Language of pages and mails: en or zh-Hans."`
	PasswordStdin bool     `help:"Read the password from standard input. Otherwise one is made and printed once."`
	settings
}

func (*userCreateCmd) Help() string {
	return `Somebody who signs in already with this address gets the membership in addition; name and password stay.

Example:
  hanse user create --account vendor --company "Example Networks" --email ada@example.com --name "Ada Berg" --role vendor_admin`
}

// Run makes the user.
func (c *userCreateCmd) Run(ctx context.Context, io std) error {
	password, made, err := readPassword(io, c.PasswordStdin)
	if err != nil {
		return err
	}
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := c.ensureVendor(ctx, a); err != nil {
		return err
	}
	id, err := c.find(ctx, a)
	if err != nil {
		return err
	}
	in := account.NewUser{Account: id, Email: c.Email, Name: c.Name, Password: password, Lang: c.Lang}
	for _, r := range c.Role {
		in.Roles = append(in.Roles, actor.Role(r))
	}
	u, err := a.Account.CreateUser(ctx, operator, in)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "User %s (%s) of account %s\n", u.ID, u.Email, u.Account)
	if made {
		fmt.Fprintf(io.out, "Password, if this sign-in is new, shown once: %s\n", password)
	}
	return nil
}

// readPassword takes the password from standard input, or makes one.
func readPassword(io std, given bool) (password string, made bool, err error) {
	if !given {
		return secret.Token(18), true, nil
	}
	line, err := bufio.NewReader(io.in).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", false, badInput("no password on standard input: %v", err)
	}
	return line, false, nil
}

type userEngineerCmd struct {
	Email         string `required:"" help:"Address to sign in with: the one by which rosters know the engineer. You vouch that it's theirs."`
	Name          string `required:"" help:"The engineer's name."`
	Lang          string `default:"en" enum:"en,zh-Hans" help:"Language of pages and mails: en or zh-Hans."`
	PasswordStdin bool   `help:"Read the password from standard input. Otherwise one is made and printed once."`
	settings
}

func (*userEngineerCmd) Help() string {
	return `Whoever is on a roster with this address becomes able to sign in; somebody unknown gets a personal account of their own.

Example:
  hanse user engineer --email wei@partner.example --name "Li Wei"`
}

// Run gives the engineer the sign-in.
func (c *userEngineerCmd) Run(ctx context.Context, io std) error {
	password, made, err := readPassword(io, c.PasswordStdin)
	if err != nil {
		return err
	}
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	var person string
	err = a.DB.Update(ctx, func(tx *db.Tx) (err error) {
		person, err = a.Roster.EnsurePerson(ctx, tx, c.Email, c.Name)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := a.Account.CreatePerson(ctx, operator, account.NewPerson{Name: c.Name, Email: c.Email, Password: password, Lang: c.Lang, Person: person}); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "Engineer %s signs in as %s\n", c.Name, c.Email)
	if made {
		fmt.Fprintf(io.out, "Password, if this sign-in is new, shown once: %s\n", password)
	}
	return nil
}

// ensureVendor makes the vendor's account for the first administrator.
func (c *userCreateCmd) ensureVendor(ctx context.Context, a *app.App) error {
	if c.Account != "vendor" {
		return nil
	}
	_, err := a.Account.Vendor(ctx)
	if fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	if c.Company == "" {
		return badInput("there's no vendor yet: name it with --company")
	}
	_, err = a.Account.CreateAccount(ctx, operator, account.NewAccount{Kind: actor.Vendor, Name: c.Company, Country: c.Country})
	return err
}

type userListCmd struct {
	ofAccount
	JSON bool `name:"json" help:"Print as JSON."`
	settings
}

func (*userListCmd) Help() string { return "Example:\n  hanse user list --account vendor --json" }

// A listed user, in the API's spelling.
type listedUser struct {
	ID    string       `json:"user_id"`
	Email string       `json:"email"`
	Name  string       `json:"name"`
	State string       `json:"state"`
	Roles []actor.Role `json:"roles"`
}

// Run lists.
func (c *userListCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := c.find(ctx, a)
	if err != nil {
		return err
	}
	users, err := a.Account.Users(ctx, operator, id)
	if err != nil {
		return err
	}
	out := make([]listedUser, 0, len(users))
	for _, u := range users {
		out = append(out, listedUser{u.ID, u.Email, u.Name, string(u.State), u.Roles})
	}
	if c.JSON {
		return printJSON(io.out, out)
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "USER\tEMAIL\tNAME\tSTATE\tROLES")
	for _, u := range out {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.ID, u.Email, u.Name, u.State, strings.Trim(fmt.Sprint(u.Roles), "[]"))
	}
	return w.Flush()
}

type userDeactivateCmd struct {
	ofAccount
	User string `required:"" placeholder:"ID" help:"User id, as hanse user list prints it."`
	settings
}

func (*userDeactivateCmd) Help() string {
	return "Example:\n  hanse user deactivate --account vendor --user usr_01jd0c7m2q8v5t3n9x4k6w1b2e"
}

// Run deactivates.
func (c *userDeactivateCmd) Run(ctx context.Context, io std) error {
	a, err := c.open(ctx, io)
	if err != nil {
		return err
	}
	defer a.Close()
	id, err := c.find(ctx, a)
	if err != nil {
		return err
	}
	if err := a.Account.Deactivate(ctx, operator, id, c.User); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "User %s can't act for account %s any more\n", c.User, id)
	return err
}
