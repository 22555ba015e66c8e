package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lensan/cmd/lensan/text"
	"lensan/config"
)

func init() {
	cobra.EnableCommandSorting = false // the order of commands() is the reader's
}

// rootCommand builds the tree of commands, each in its own file.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "lensan",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return a.unknownCommand(c, args[0])
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return a.flagError(c, err) })
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { a.printHelp(c) })
	a.addGlobalFlags(root.PersistentFlags())
	for _, c := range a.commands() {
		root.AddCommand(c)
	}
	root.SetHelpCommand(a.helpCommand())
	return root
}

// command begins a command: its words stand in cmd/lensan/text by its name,
// exits are the codes it may end with beside 0, 1 and 2.
func (a *app) command(use string, args cobra.PositionalArgs, exits []Exit, run func(ctx context.Context, args []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return a.worded(name, use, args, exits, run)
}

// subcommand begins a command below another.
func (a *app) subcommand(parent, use string, args cobra.PositionalArgs, exits []Exit, run func(ctx context.Context, args []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return a.worded(parent+" "+name, use, args, exits, run)
}

func (a *app) worded(name, use string, args cobra.PositionalArgs, exits []Exit, run func(ctx context.Context, args []string) error) *cobra.Command {
	words := text.Commands[name]
	return &cobra.Command{
		Use:         use,
		Short:       words.Short.In(a.lang),
		Long:        words.Long.In(a.lang),
		Example:     words.Examples,
		Args:        a.arguments(args),
		Annotations: exitNotes(exits),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.configure(c); err != nil {
				return err
			}
			return run(c.Context(), args)
		},
	}
}

// arguments checks positional arguments and says what is wrong with them.
func (a *app) arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		return a.fail(ExitUsage, text.BadArguments, "use", strings.Replace(c.UseLine(), "[flags]", text.HelpFlagsWord.In(a.lang), 1), "command", strings.TrimPrefix(c.CommandPath(), "lensan "))
	}
}

func (a *app) addGlobalFlags(f *pflag.FlagSet) {
	f.StringVar(&a.flags.file, "config", "", text.FlagConfig.In(a.lang))
	f.StringArrayVar(&a.flags.options, "option", nil, text.FlagOption.In(a.lang))
	f.StringVarP(&a.flags.output, "output", "o", "table", text.FlagOutput.In(a.lang))
	f.BoolP("help", "h", false, text.FlagHelp.In(a.lang))
	a.flags.named = map[string]bool{}
	a.keyFlag(f, "lang", text.FlagLang)
	a.keyFlag(f, "data-dir", text.FlagDataDir)
	a.keyFlag(f, "database-url", text.FlagDatabase)
	a.keyFlag(f, "redis-url", text.FlagRedis)
	a.keyFlag(f, "log-level", text.FlagLogLevel)
}

// keyFlag adds a flag that stands for a key of the configuration.
func (a *app) keyFlag(f *pflag.FlagSet, name string, usage text.Phrase) {
	f.String(name, "", usage.In(a.lang))
	a.flags.named[name] = true
}

// configure reads the configuration; everything wrong with it is told at once.
func (a *app) configure(c *cobra.Command) error {
	switch a.flags.output {
	case "table", "json", "csv":
	default:
		return a.fail(ExitUsage, text.BadOutput, "value", a.flags.output)
	}
	given := map[string]string{}
	for _, o := range a.flags.options {
		key, value, ok := strings.Cut(o, "=")
		if !ok {
			return a.fail(ExitUsage, text.BadOption, "value", o)
		}
		given[key] = value
	}
	for name := range a.flags.named {
		if f := c.Flags().Lookup(name); f != nil && f.Changed {
			given[strings.ReplaceAll(name, "-", "_")] = f.Value.String()
		}
	}
	cfg, err := config.Load(config.Sources{Flags: given, File: a.flags.file, Lanes: laneSpecs()})
	a.cfg = cfg
	var problems config.Problems
	if errors.As(err, &problems) {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = text.ConfigProblem(a.lang, p.Code, p.Args)
		}
		return fail(ExitUsage, lines...)
	}
	if err != nil {
		return err
	}
	a.lang = text.ParseLang(cfg.Lang)
	a.log = a.newLogger()
	a.titles = a.readTitles()
	return nil
}

func (a *app) unknownCommand(root *cobra.Command, name string) error {
	root.SuggestionsMinimumDistance = 2
	suggestion := ""
	if near := root.SuggestionsFor(name); len(near) > 0 {
		suggestion = text.DidYouMean.In(a.lang, "name", near[0])
	}
	return a.fail(ExitUsage, text.UnknownCommand, "name", name, "did_you_mean", suggestion)
}

// flagError says what is wrong with a flag in the language asked for.
func (a *app) flagError(c *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown):
		return a.fail(ExitUsage, text.UnknownFlag, "name", dashed(unknown.GetSpecifiedName()), "command", c.CommandPath())
	case errors.As(err, &missing):
		return a.fail(ExitUsage, text.FlagNeedsValue, "name", dashed(missing.GetSpecifiedName()))
	case errors.As(err, &invalid):
		return a.fail(ExitUsage, text.FlagBadValue, "name", dashed(invalid.GetFlag().Name), "value", invalid.GetValue())
	case errors.As(err, &syntax):
		return a.fail(ExitUsage, text.FlagSyntax, "name", syntax.GetSpecifiedFlag())
	}
	return fail(ExitUsage, err.Error())
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
