package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// Names of backups that nobody named: lensan-20261124-230000.lensan.gz, by the
// time in Vietnam.
const (
	backupPrefix = "lensan-"
	backupSuffix = ".lensan.gz"
)

// settingBackup is when and where the last backup was written, for doctor.
const settingBackup = "last_backup"

func (a *app) backupCommand() *cobra.Command {
	var force bool
	var keep int
	c := a.command("backup [FILE]", cobra.MaximumNArgs(1), []Exit{ExitTemporary, ExitInterrupted}, func(ctx context.Context, args []string) error {
		if keep < 0 {
			return a.fail(ExitUsage, text.KeepBad, "n", strconv.Itoa(keep))
		}
		s, err := a.storeToBackUp(ctx)
		if err != nil {
			return err
		}
		path, err := a.backupPath(args)
		if err != nil {
			return err
		}
		bar := a.rowsBar(text.BackingUp)
		h, sum, size, err := s.BackupTo(ctx, path, force, store.BackupOptions{Program: programVersion(), Progress: bar})
		if err != nil {
			return a.backupError(path, err)
		}
		if err := s.SetSetting(ctx, settingBackup, fmt.Sprintf("%d %s", h.TakenAt, path)); err != nil {
			return err
		}
		if err := a.printBackup("backup", path, h, sum, size, text.BackupDone); err != nil {
			return err
		}
		a.say(text.BackupSafe)
		return a.removeOld(filepath.Dir(path), keep)
	})
	c.Flags().BoolVar(&force, "force", false, text.FlagOverwrite.In(a.lang))
	c.Flags().IntVar(&keep, "keep", 0, text.FlagKeep.In(a.lang))
	return c
}

// storeToBackUp opens the database as it is, of whatever version: a backup is
// wanted most of all before tables are changed.
func (a *app) storeToBackUp(ctx context.Context) (*store.Store, error) {
	if path, ok := a.sqliteFile(); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if err := a.refuseHalf(path); err != nil {
				return nil, err
			}
			return nil, a.fail(ExitUsage, text.NothingToBackUp, "url", a.cfg.Database.String())
		}
	}
	return a.dialStore(ctx)
}

// sqliteFile is the database's file, where it is one.
func (a *app) sqliteFile() (string, bool) {
	path, ok := strings.CutPrefix(a.cfg.Database.Reveal(), "sqlite:")
	return strings.TrimPrefix(path, "//"), ok
}

// backupPath is where the backup goes: the file named, a name by the time in
// the folder named, or that in the data folder's own.
func (a *app) backupPath(args []string) (string, error) {
	name := backupPrefix + now().In(catalog.Vietnam).Format("20060102-150405") + backupSuffix
	if len(args) == 0 {
		dir := filepath.Join(a.cfg.DataDir, "backups")
		return filepath.Join(dir, name), a.ensureFolder(dir)
	}
	if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
		return filepath.Join(args[0], name), nil
	}
	return args[0], nil
}

func (a *app) backupError(path string, err error) error {
	var file *fs.PathError
	switch {
	case errors.Is(err, store.ErrFileThere):
		return a.fail(ExitUsage, text.FileThere, "file", path)
	case errors.Is(err, store.ErrEmpty):
		return a.fail(ExitUsage, text.NothingToBackUp, "url", a.cfg.Database.String())
	case errors.Is(err, store.ErrRestoring):
		return a.fail(ExitUsage, text.RestoreHalf, "url", a.cfg.Database.String())
	case errors.As(err, &file):
		return a.fail(ExitUsage, text.FileNotWritten, "file", path, "why", file.Err.Error())
	}
	return err
}

// rowsBar shows how many rows are done, at most some times a second.
func (a *app) rowsBar(p text.Phrase) func(done, total int64) {
	bar, last := a.progress(), time.Time{}
	return func(done, total int64) {
		if at := now(); done == total || at.Sub(last) >= lookEvery {
			last = at
			bar.Update(p.In(a.lang, "done", text.Number(a.lang, done), "total", text.Number(a.lang, total), "percent", text.Percent(a.lang, done, total)), nil)
		}
	}
}

// printBackup writes what is known of a backup.
func (a *app) printBackup(kind, path string, h store.BackupHeader, sum string, size int64, p text.Phrase, pairs ...string) error {
	if a.format() == report.FormatTable {
		n := func(table string) string { return text.Number(a.lang, h.Rows(table)) }
		fmt.Fprintln(a.out, p.In(a.lang, append(pairs, "file", path, "size", bytesText(a.lang, size), "taken", text.Moment(a.lang, time.UnixMilli(h.TakenAt)),
			"program", h.Program, "schema", strconv.FormatInt(h.Schema, 10), "products", n("products"), "skus", n("skus"), "listings", n("listings"))...))
		return nil
	}
	w := a.result(kind, map[string]any{"accounts": h.Accounts}, data("file"), data("size"), data("taken_at"), data("schema"), data("program"), data("engine"),
		data("products"), data("skus"), data("listings"), data("rows"), data("sha256"))
	w.Row(report.V(path), report.V(size), report.V(h.TakenAt), report.V(h.Schema), report.V(h.Program), report.V(h.Engine),
		report.V(h.Rows("products")), report.V(h.Rows("skus")), report.V(h.Rows("listings")), report.V(h.Rows("")), report.V(sum))
	return w.Close()
}

// bytesText is a size for people.
func bytesText(l text.Lang, n int64) string {
	if n < 1<<20 {
		return text.Number(l, (n+1023)>>10) + " KB"
	}
	return text.Number(l, (n+1<<19)>>20) + " MB"
}

// removeOld removes all but the newest keep backups that bear a name of ours.
func (a *app) removeOld(dir string, keep int) error {
	if keep == 0 {
		return nil
	}
	found, err := filepath.Glob(filepath.Join(dir, backupPrefix+"[0-9]*"+backupSuffix))
	if err != nil {
		return err
	}
	slices.Sort(found) // by name is by time
	removed := 0
	for _, old := range found[:max(0, len(found)-keep)] {
		if err := os.Remove(old); err != nil {
			return a.fail(ExitUsage, text.FileNotWritten, "file", old, "why", err.Error())
		}
		removed++
	}
	if removed > 0 {
		a.say(text.OldRemoved, "n", strconv.Itoa(removed))
	}
	return nil
}

// lookAtBackups tells doctor's reader how old the last backup is.
func (a *app) lookAtBackups(ctx context.Context, s *store.Store) finding {
	value, ok, err := s.GetSetting(ctx, settingBackup)
	if err != nil {
		return a.failed(text.CheckBackups, "", err)
	}
	when, path, _ := strings.Cut(value, " ")
	ms, err := strconv.ParseInt(when, 10, 64)
	if !ok || err != nil {
		return finding{check: text.CheckBackups, note: true, found: text.BackupNever.In(a.lang), todo: text.BackupTodo.In(a.lang)}
	}
	at := time.UnixMilli(ms)
	f := finding{check: text.CheckBackups, found: text.BackupLast.In(a.lang, "ago", text.Ago(a.lang, s.Now(), at), "file", path)}
	if s.Now().Sub(at) > 7*24*time.Hour {
		f.note, f.todo = true, text.BackupTodo.In(a.lang)
	}
	return f
}
