package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// restoreFlags are how a restore was asked for.
type restoreFlags struct {
	force, check, current bool
}

func (a *app) restoreCommand() *cobra.Command {
	var f restoreFlags
	c := a.command("restore FILE", cobra.ExactArgs(1), []Exit{ExitTemporary, ExitAccount, ExitInterrupted}, func(ctx context.Context, args []string) error {
		return a.restore(ctx, args[0], f)
	})
	c.Flags().BoolVar(&f.force, "force", false, text.FlagReplace.In(a.lang))
	c.Flags().BoolVar(&f.check, "check", false, text.FlagCheckBackup.In(a.lang))
	c.Flags().BoolVar(&f.current, "register-current", false, text.FlagRegisterCurrent.In(a.lang))
	return c
}

// restore checks everything before it touches anything: the file to its last
// byte, the version, the accounts, and that nobody works.
func (a *app) restore(ctx context.Context, path string, f restoreFlags) error {
	file, err := os.Open(path)
	if err != nil {
		return a.fail(ExitUsage, text.FileNotRead, "file", path, "why", a.fileTrouble(err))
	}
	defer file.Close() //nolint:errcheck // only read
	h, sum, err := store.CheckBackup(ctx, file, a.rowsBar(text.CheckingIt))
	if err != nil {
		return a.restoreError(path, err)
	}
	if here := store.SchemaVersion(); h.Schema > here {
		return a.fail(ExitUsage, text.BackupNewer, "file", path, "have", strconv.FormatInt(h.Schema, 10), "want", strconv.FormatInt(here, 10))
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if f.check {
		return a.printBackup("backup", path, h, sum, info.Size(), text.BackupGood)
	}
	if err := a.sameAccounts(h); err != nil {
		return err
	}
	kept, err := a.readyToReplace(ctx, f.force)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, 0); err != nil {
		return err
	}
	old, err := store.Restore(ctx, a.cfg.Database.Reveal(), store.Options{Explain: text.Explain}, file, f.force, store.RestoreOptions{
		By: operator(), Name: filepath.Base(path), RegisterCurrent: f.current, Settle: a.longestLag(), Progress: a.rowsBar(text.RestoringIt)})
	if err != nil {
		return a.restoreError(path, err)
	}
	if old != "" {
		kept = old
	}
	if err := a.printBackup("restore", path, h, sum, info.Size(), text.RestoreDone); err != nil {
		return err
	}
	if kept != "" {
		a.say(text.RestoreKept, "file", kept)
	}
	if f.current {
		a.say(text.RestoreNextCurrent)
	} else {
		a.say(text.RestoreNext)
	}
	return nil
}

// sameAccounts refuses a backup whose listings live in another account than
// the one that a lane is configured for (promise 13).
func (a *app) sameAccounts(h store.BackupHeader) error {
	var lines []string
	for _, had := range h.Accounts {
		for _, m := range marketplaces {
			l, _ := a.cfg.Lane(m.Name)
			if m.Name != had.Marketplace || !l.Enabled {
				continue
			}
			r := m.resolved(l)
			account := r.Credentials[m.account].Reveal()
			if had.Account != account || had.Sandbox != l.IsSandbox() || !had.Sandbox && had.BaseURL != r.URL {
				lines = append(lines, text.OtherAccount.In(a.lang, "lane", m.Name, "had", had.Account+" ("+had.BaseURL+")", "have", account+" ("+r.URL+")"))
			}
		}
	}
	if len(lines) > 0 {
		return fail(ExitAccount, lines...)
	}
	return nil
}

// readyToReplace refuses a database that is worked from, or that holds a
// record and is not to be replaced. Of a record in PostgreSQL it first writes
// a backup, whose name it returns; SQLite's file is kept by the restore.
func (a *app) readyToReplace(ctx context.Context, force bool) (kept string, err error) {
	if path, ok := a.sqliteFile(); ok {
		if err := a.ensureFolder(filepath.Dir(path)); err != nil {
			return "", err
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
	}
	s, err := store.Open(ctx, a.cfg.Database.Reveal(), store.Options{Explain: text.Explain})
	if err != nil {
		return "", a.databaseError(err)
	}
	defer s.Close() //nolint:errcheck // nothing was written
	held, err := s.HoldsRecord(ctx)
	if err != nil {
		return "", a.databaseError(err)
	}
	if have, _, err := s.CheckSchema(ctx); err == nil || have > 0 {
		alive, err := a.engineAlive(ctx, s)
		if err != nil && (held || a.cfg.EmbeddedQueue()) {
			return "", err
		}
		if alive {
			return "", a.fail(ExitTemporary, text.RestoreEngine)
		}
	}
	if held && !force {
		return "", a.fail(ExitUsage, text.RestoreRefused, "url", a.cfg.Database.String())
	}
	if !held || s.Engine() == "sqlite" {
		return "", nil
	}
	dir := filepath.Join(a.cfg.DataDir, "backups")
	if err := a.ensureFolder(dir); err != nil {
		return "", err
	}
	kept = filepath.Join(dir, "before-restore-"+now().In(catalog.Vietnam).Format("20060102-150405")+backupSuffix)
	if _, _, _, err := s.BackupTo(ctx, kept, false, store.BackupOptions{Program: programVersion(), Progress: a.rowsBar(text.BackingUp)}); err != nil {
		return "", a.backupError(kept, err)
	}
	return kept, nil
}

// longestLag is how long the slowest marketplace may take to show what was
// sent; a minute where none can be asked.
func (a *app) longestLag() time.Duration {
	lag := time.Minute
	open, err := openAdapters(a.cfg, nil, a.log)
	if err != nil {
		return lag
	}
	for _, ad := range open {
		lag = max(lag, ad.Capabilities().VisibilityLag())
	}
	return lag
}

func (a *app) restoreError(path string, err error) error {
	switch {
	case errors.Is(err, store.ErrNotBackup):
		return a.fail(ExitUsage, text.BackupBad, "file", path, "why", text.BackupCutOff.In(a.lang))
	case errors.Is(err, store.ErrNotEmpty):
		return a.fail(ExitUsage, text.RestoreRefused, "url", a.cfg.Database.String())
	case errors.Is(err, store.ErrInUse):
		return a.fail(ExitTemporary, text.RestoreInUse, "url", a.cfg.Database.String())
	}
	return err
}

// refuseHalf refuses a SQLite file that is not there while the one that a
// restore was filling is.
func (a *app) refuseHalf(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(store.RestoringPath(path)); err != nil {
		return nil
	}
	return a.fail(ExitUsage, text.RestoreHalf, "url", a.cfg.Database.String())
}

// refuseUnfinished refuses a database whose restore was not ended.
func (a *app) refuseUnfinished(ctx context.Context, s *store.Store) error {
	err := s.CheckRestored(ctx)
	if errors.Is(err, store.ErrRestoring) {
		return a.fail(ExitUsage, text.RestoreHalf, "url", a.cfg.Database.String())
	}
	return err
}

// sayRestored tells that the record came out of a backup and waits for the
// register; nothing where it does not.
func (a *app) sayRestored(ctx context.Context, s *store.Store) error {
	lanes, err := s.RestoredLanes(ctx)
	if err != nil {
		return err
	}
	for _, l := range lanes {
		if !l.Registered {
			a.say(text.RestoredWaits)
			return nil
		}
	}
	return nil
}
