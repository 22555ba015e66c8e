package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lensan/cmd/lensan/text"
)

const exitNote = "exits"

// exitNotes keeps a command's exit codes where help finds them.
func exitNotes(exits []Exit) map[string]string {
	all := append([]Exit{ExitDone, ExitInternal, ExitUsage}, exits...)
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = strconv.Itoa(int(e))
	}
	return map[string]string{exitNote: strings.Join(words, " ")}
}

// helpCommand is `lensan help [CMD]`.
func (a *app) helpCommand() *cobra.Command {
	words := text.Commands["help"]
	return &cobra.Command{
		Use:   "help [" + text.WordCommand.In(a.lang) + "]",
		Short: words.Short.In(a.lang),
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return a.unknownCommand(c.Root(), strings.Join(args, " "))
			}
			a.printHelp(found)
			return nil
		},
	}
}

// printHelp writes the help of a command: what it does, examples, flags, exit
// codes.
func (a *app) printHelp(c *cobra.Command) {
	h := helpWriter{a.out, a.lang, a.helpWidth()}
	if !c.HasParent() {
		h.root(c)
		return
	}
	fmt.Fprintf(h.out, "%s\n", c.Short)
	if c.Long != "" {
		fmt.Fprintln(h.out)
		h.paragraphs(c.Long)
	}
	h.head(text.HelpUsage)
	fmt.Fprintf(h.out, "  %s\n", strings.Replace(c.UseLine(), "[flags]", text.HelpFlagsWord.In(a.lang), 1))
	if subs := c.Commands(); len(subs) > 0 {
		h.head(text.HelpCommands)
		h.list(subs)
	}
	if c.Example != "" {
		h.head(text.HelpExamples)
		for line := range strings.SplitSeq(strings.TrimSpace(c.Example), "\n") {
			fmt.Fprintf(h.out, "  %s\n", strings.TrimSpace(line))
		}
	}
	if c.LocalNonPersistentFlags().HasAvailableFlags() {
		h.head(text.HelpFlags)
		h.flags(c.LocalNonPersistentFlags())
	}
	h.head(text.HelpGlobalFlags)
	h.flags(c.InheritedFlags())
	if codes := c.Annotations[exitNote]; codes != "" {
		h.head(text.HelpExits)
		for code := range strings.FieldsSeq(codes) {
			n, _ := strconv.Atoi(code) // written by exitNotes
			h.hang(fmt.Sprintf("  %3d  ", n), text.Exits[n].In(a.lang))
		}
	}
}

type helpWriter struct {
	out   io.Writer
	lang  text.Lang
	width int
}

// Columns of a help page: as wide as the terminal, within bounds in which
// people like to read.
const (
	helpUsual = 80
	helpMost  = 100
)

func (a *app) helpWidth() int {
	if width, ok := terminal(a.out); ok {
		return min(max(width-1, 40), helpMost)
	}
	return helpUsual
}

// paragraphs writes text wrapped. A line of it that ends a sentence ends a
// paragraph; any other goes on in the next.
func (h helpWriter) paragraphs(s string) {
	var part string
	for line := range strings.SplitSeq(s, "\n") {
		part = strings.TrimSpace(part + " " + line)
		if strings.HasSuffix(line, ".") {
			h.hang("", part)
			part = ""
		}
	}
	if part != "" {
		h.hang("", part)
	}
}

// hang writes words after a head, wrapped, with what follows below the first
// of them.
func (h helpWriter) hang(head, words string) {
	indent := len([]rune(head))
	line, room := head, 0
	for word := range strings.FieldsSeq(words) {
		n := len([]rune(word))
		switch {
		case room == 0:
			line, room = line+word, indent+n
		case room+1+n > h.width:
			fmt.Fprintln(h.out, line)
			line, room = strings.Repeat(" ", indent)+word, indent+n
		default:
			line, room = line+" "+word, room+1+n
		}
	}
	fmt.Fprintln(h.out, line)
}

func (h helpWriter) head(p text.Phrase) { fmt.Fprintf(h.out, "\n%s:\n", p.In(h.lang)) }

func (h helpWriter) root(c *cobra.Command) {
	h.paragraphs(text.Commands["lensan"].Long.In(h.lang))
	h.head(text.HelpUsage)
	fmt.Fprintf(h.out, "  lensan %s\n", text.HelpRootUse.In(h.lang))
	h.head(text.HelpCommands)
	h.list(c.Commands())
	h.head(text.HelpGlobalFlags)
	h.flags(c.PersistentFlags())
	h.head(text.HelpExits)
	for _, n := range slices.Sorted(maps.Keys(text.Exits)) {
		h.hang(fmt.Sprintf("  %3d  ", n), text.Exits[n].In(h.lang))
	}
}

func (h helpWriter) list(commands []*cobra.Command) {
	width := 0
	for _, c := range commands {
		width = max(width, len(c.Name()))
	}
	for _, c := range commands {
		if c.IsAvailableCommand() || c.Name() == "help" {
			fmt.Fprintf(h.out, "  %-*s  %s\n", width, c.Name(), c.Short)
		}
	}
}

// flags lists flags with what they take and their defaults.
func (h helpWriter) flags(set *pflag.FlagSet) {
	type row struct{ left, right string }
	var rows []row
	width := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		left := "      --" + f.Name
		if f.Shorthand != "" {
			left = "  -" + f.Shorthand + ", --" + f.Name
		}
		if kind != "" && f.Value.Type() != "bool" {
			left += " " + kind
		}
		switch f.DefValue {
		case "", "false", "[]", "0", "0s":
		default:
			usage += text.HelpDefault.In(h.lang, "value", plainDefault(f.DefValue))
		}
		rows = append(rows, row{left, usage})
		width = max(width, len([]rune(left)))
	})
	for _, r := range rows {
		h.hang(r.left+strings.Repeat(" ", width-len([]rune(r.left)))+"  ", r.right)
	}
}

// plainDefault is a default as a person would write it: 2m, not 2m0s.
func plainDefault(v string) string {
	if short, ok := strings.CutSuffix(v, "m0s"); ok {
		return short + "m"
	}
	return v
}
