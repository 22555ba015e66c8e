package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"lensan/cmd/lensan/dashboard"
	"lensan/cmd/lensan/text"
)

func (a *app) userCommand() *cobra.Command {
	c := a.command("user", cobra.NoArgs, nil, func(context.Context, []string) error {
		users, err := a.readUsers()
		if err != nil {
			return err
		}
		w := a.result("users", nil, a.column("name", text.HeadUser), a.column("role", text.HeadRole))
		for _, u := range users {
			w.Row(dash(u.Name), dash(u.Role))
		}
		return a.end(w)
	})
	c.AddCommand(a.addUserCommand(), a.removeUserCommand())
	return c
}

func (a *app) addUserCommand() *cobra.Command {
	role := "viewer"
	c := a.subcommand("user", "add NAME", cobra.ExactArgs(1), nil, func(_ context.Context, args []string) error {
		users, err := a.readUsers()
		if err != nil {
			return err
		}
		password, err := a.password()
		if err != nil {
			return err
		}
		u, err := dashboard.NewUser(args[0], role, password)
		if err != nil {
			return a.fail(ExitUsage, text.BadUser, "why", err.Error())
		}
		users = append(slices.DeleteFunc(users, func(old dashboard.User) bool { return old.Name == u.Name }), u)
		if err := a.writeUsers(users); err != nil {
			return err
		}
		a.say(text.UserSaved, "name", u.Name, "role", u.Role)
		return nil
	})
	c.Flags().StringVar(&role, "role", role, text.FlagRole.In(a.lang))
	return c
}

func (a *app) removeUserCommand() *cobra.Command {
	return a.subcommand("user", "remove NAME", cobra.ExactArgs(1), nil, func(_ context.Context, args []string) error {
		users, err := a.readUsers()
		if err != nil {
			return err
		}
		left := slices.DeleteFunc(slices.Clone(users), func(u dashboard.User) bool { return u.Name == args[0] })
		if len(left) == len(users) {
			return a.fail(ExitUsage, text.NoUser, "name", args[0])
		}
		if err := a.writeUsers(left); err != nil {
			return err
		}
		a.say(text.UserRemoved, "name", args[0])
		return nil
	})
}

// readUsers reads the users' file; one that is not there yet holds nobody.
func (a *app) readUsers() ([]dashboard.User, error) {
	if a.cfg.UsersFile == "" {
		return nil, a.fail(ExitUsage, text.NoUsersFile)
	}
	f, err := os.Open(a.cfg.UsersFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, a.fail(ExitUsage, text.FileNotRead, "file", a.cfg.UsersFile, "why", a.fileTrouble(err))
	}
	defer f.Close() //nolint:errcheck // only read
	users, err := dashboard.ParseUsers(f)
	if err != nil {
		return nil, a.fail(ExitUsage, text.FileNotRead, "file", a.cfg.UsersFile, "why", oneLine(err))
	}
	return users, nil
}

// writeUsers replaces the users' file, which only its owner may read.
func (a *app) writeUsers(users []dashboard.User) error {
	err := replaceFile(a.cfg.UsersFile, 0o600, func(out io.Writer) error {
		for _, u := range users {
			if _, err := fmt.Fprintln(out, u.Line()); err != nil {
				return err
			}
		}
		return nil
	})
	var p *fs.PathError
	if errors.As(err, &p) {
		return a.fail(ExitUsage, text.FileNotWritten, "file", a.cfg.UsersFile, "why", p.Err.Error())
	}
	return err
}

// password asks on the terminal without showing what is typed, or reads a line.
func (a *app) password() (string, error) {
	if f, ok := a.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(a.err, text.AskPassword.In(a.lang))
		typed, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.err)
		return string(typed), err
	}
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
