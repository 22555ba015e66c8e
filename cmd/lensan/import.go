package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
	"lensan/store/register"
)

// importFlags are the flags of import.
type importFlags struct {
	images                              string
	dryRun, strict, partial, eraseBlank bool
	complete                            []string
	confirm                             string
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	c := a.command("import FILE…", cobra.MinimumNArgs(1), []Exit{ExitItems, ExitTemporary, ExitAccount, ExitSource}, func(ctx context.Context, args []string) error {
		return a.importFiles(ctx, args, f)
	})
	c.Flags().StringVar(&f.images, "images", "", text.FlagImages.In(a.lang))
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, text.FlagDryRun.In(a.lang))
	c.Flags().BoolVar(&f.strict, "strict", false, text.FlagStrict.In(a.lang))
	c.Flags().BoolVar(&f.partial, "partial", false, text.FlagPartial.In(a.lang))
	c.Flags().BoolVar(&f.eraseBlank, "erase-blanks", false, text.FlagErase.In(a.lang))
	c.Flags().StringArrayVar(&f.complete, "complete", nil, text.FlagComplete.In(a.lang))
	c.Flags().StringVar(&f.confirm, "confirm", "", text.FlagConfirm.In(a.lang))
	return c
}

func (a *app) importFiles(ctx context.Context, names []string, f importFlags) error {
	complete, err := a.completeScope(f.complete)
	if err != nil {
		return err
	}
	files, pictures, err := a.openFiles(names, f.images)
	if err != nil {
		return err
	}
	defer func() {
		for _, file := range files {
			file.Close()
		}
	}()
	s, err := a.openStore(ctx, false)
	if err != nil {
		return err
	}
	if err := a.refuseSampleOnRealLane(ctx, s); err != nil {
		return err
	}
	if err := a.ensureAccounts(ctx, s); err != nil {
		return err
	}
	imp, rep, err := a.readAndApply(ctx, s, files, pictures, store.ImportOptions{By: operator(), DryRun: f.dryRun, Partial: f.partial,
		EraseBlanks: f.eraseBlank, Complete: complete, Canaries: a.cfg.Canaries, Confirm: f.confirm})
	if imp != nil {
		defer imp.Close() //nolint:errcheck // only removes what was staged
	}
	held := errors.Is(err, store.ErrImportHeld)
	if err != nil && !held {
		return err
	}
	if err := a.printImport(ctx, imp, rep); err != nil {
		return err
	}
	if !f.dryRun && !held {
		if err := a.assess(ctx, s); err != nil {
			return err
		}
	}
	var codes []Exit
	if held {
		codes = append(codes, ExitSource)
	}
	if f.strict && rep.RowsRefused > 0 {
		codes = append(codes, ExitItems)
	}
	if exit := worst(codes...); exit != ExitDone {
		return fail(exit)
	}
	return nil
}

// readAndApply reads files into an import and merges it. With ErrImportHeld the
// report says why; every failure of the files themselves is one for people.
func (a *app) readAndApply(ctx context.Context, s *store.Store, files []register.File, pictures register.Pictures, o store.ImportOptions) (*store.Import, store.ImportReport, error) {
	imp, err := s.BeginImport(ctx, o)
	if err != nil {
		return nil, store.ImportReport{}, err
	}
	if err := register.Load(ctx, files, pictures, imp); err != nil {
		return imp, store.ImportReport{}, a.importError(err)
	}
	rep, err := imp.Apply(ctx)
	if errors.Is(err, store.ErrNotHeld) {
		err = a.fail(ExitUsage, text.NotHeld, "id", o.Confirm)
	}
	return imp, rep, err
}

// printImport writes what an import did, each doubtful cell included.
func (a *app) printImport(ctx context.Context, imp *store.Import, rep store.ImportReport) error {
	switch a.format() {
	case report.FormatJSON:
		return report.ImportJSON(a.out, rep, imp.AllDoubts(ctx), imp.AllPictureProblems(ctx))
	case report.FormatCSV:
		return a.doubtRows(ctx, imp)
	}
	return report.ImportText(a.out, a.lang, rep, imp.AllDoubts(ctx), imp.AllPictureProblems(ctx))
}

// doubtRows writes the doubtful cells as a table for a spreadsheet.
func (a *app) doubtRows(ctx context.Context, imp *store.Import) error {
	w := a.result("doubts", nil, data("sheet"), data("cell"), data("field"), data("value"), data("key"), data("reason_code"),
		data("reason"), data("fix"), data("who_fixes"), data("row_refused"))
	for d, err := range imp.AllDoubts(ctx) {
		if err != nil {
			return err
		}
		e := text.Explain(catalog.Reason{Code: d.Reason, Args: d.Args})
		w.Row(report.V(d.Sheet), report.V(d.Cell), report.V(d.Field), report.V(d.Value), report.V(d.Key), report.V(d.Reason),
			report.V(a.reason(e.VI, e.EN)), report.V(a.reason(e.FixVI, e.FixEN)), report.V(string(e.Who)), report.V(d.RowRefused))
	}
	return w.Close()
}

// assess brings the states shown up to the register, without a call to a
// marketplace.
func (a *app) assess(ctx context.Context, s *store.Store) error {
	runner, err := a.planner(ctx, s)
	if err != nil {
		return err
	}
	if err := a.tellViews(ctx, s); err != nil {
		return err
	}
	return runner.Assess(ctx)
}

func (a *app) openFiles(names []string, images string) ([]register.File, register.Pictures, error) {
	var files []register.File
	var wrong []string
	for _, name := range names {
		f, err := register.OpenFile(name)
		if err != nil {
			wrong = append(wrong, text.FileNotRead.In(a.lang, "file", name, "why", a.fileTrouble(err)))
			continue
		}
		files = append(files, f)
	}
	var pictures register.Pictures
	if images != "" {
		if info, err := os.Stat(images); err != nil || !info.IsDir() {
			wrong = append(wrong, text.NoFolder.In(a.lang, "name", "--images", "dir", images))
		} else {
			pictures.FS = os.DirFS(images)
		}
	}
	if len(wrong) > 0 {
		for _, f := range files {
			f.Close()
		}
		return nil, pictures, fail(ExitUsage, wrong...)
	}
	return files, pictures, nil
}

// importError says what is wrong with a file as a whole.
func (a *app) importError(err error) error {
	for _, known := range []error{register.ErrNotWorkbook, register.ErrOldExcel, register.ErrDamaged, register.ErrTooLarge,
		register.ErrNoTable, register.ErrBadCSV, register.ErrEmpty, register.ErrCutShort, register.ErrWebPage, register.ErrOtherBook, register.ErrGarbled} {
		if errors.Is(err, known) {
			name, _, _ := strings.Cut(err.Error(), ": ")
			return a.fail(ExitUsage, text.FileNotRead, "file", name, "why", a.fileTrouble(err))
		}
	}
	return err
}

func (a *app) fileTrouble(err error) string {
	if why := a.headingTrouble(err); why != "" {
		return why
	}
	for known, p := range map[error]text.Phrase{
		register.ErrNotWorkbook: text.FileNotWorkbook, register.ErrOldExcel: text.FileOldExcel, register.ErrDamaged: text.FileDamaged,
		register.ErrTooLarge: text.FileTooLarge, register.ErrNoTable: text.FileNoTable, register.ErrBadCSV: text.FileBadCSV,
		register.ErrWebPage: text.FileWebPage, register.ErrOtherBook: text.FileOtherBook,
		register.ErrEmpty: text.FileEmpty, register.ErrCutShort: text.FileDamaged, fs.ErrNotExist: text.FileMissing, fs.ErrPermission: text.FileForbidden,
	} {
		if errors.Is(err, known) {
			return p.In(a.lang)
		}
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return oneLine(err)
}

// headingTrouble says what is wrong with the headings of a file, where that is
// what is wrong.
func (a *app) headingTrouble(err error) string {
	var garbled *register.GarbledError
	if errors.As(err, &garbled) {
		phrase := text.FileOldFont
		if garbled.Font == "" {
			phrase = text.FileMojibake
		}
		return phrase.In(a.lang, "place", garbled.Sheet+"!"+garbled.Cell, "value", garbled.Value, "font", garbled.Font, "means", garbled.Means)
	}
	var near *register.NoTableError
	if !errors.As(err, &near) {
		return ""
	}
	phrase := text.FileHeadings
	if len(near.Unknown) == 0 {
		phrase = text.FileHeadingsKnown
	}
	return phrase.In(a.lang, "where", near.Sheet, "row", strconv.Itoa(near.Row), "known", text.Columns(a.lang, near.Known), "unknown", strings.Join(near.Unknown, ", "))
}

// completeScope reads --complete: all, or commune=17950, district=…, set=…,
// stars=…, producer=…, product=….
func (a *app) completeScope(values []string) (*catalog.Scope, error) {
	if len(values) == 0 {
		return nil, nil
	}
	var flags scopeFlags
	for _, v := range values {
		kind, value, _ := strings.Cut(v, "=")
		list := map[string]*[]string{
			"commune": &flags.communes, "district": &flags.districts, "set": &flags.sets, "stars": &flags.stars,
			"producer": &flags.producers, "product": &flags.products,
		}[kind]
		if v == "all" {
			continue
		}
		if list == nil || value == "" {
			return nil, a.fail(ExitUsage, text.BadComplete, "value", v)
		}
		*list = append(*list, value)
	}
	scope, err := a.scope(flags)
	return &scope, err
}
