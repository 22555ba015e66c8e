package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"lensan/cmd/lensan/text"
	"lensan/config"
	"lensan/store"
	"lensan/store/catalog"
)

// settingSample names the sample register that the database was begun with,
// and thereby that its day is fixed; its value is that day.
const settingSample = "sample"

// openStore opens the database and brings a SQLite file, or an empty database,
// to this program's version. PostgreSQL that others may be using is migrated
// by `lensan migrate` and `lensan up` only.
func (a *app) openStore(ctx context.Context, migrate bool) (*store.Store, error) {
	s, err := a.dialStore(ctx)
	if err != nil {
		return nil, err
	}
	have, want, err := s.CheckSchema(ctx)
	if errors.Is(err, store.ErrSchema) && have < want && (migrate || have == 0 || s.Engine() == "sqlite") {
		_, err = s.Migrate(ctx)
	}
	if errors.Is(err, store.ErrSchema) {
		p := text.SchemaBad
		if have > want {
			p = text.SchemaNewer
		}
		return nil, a.fail(ExitUsage, p, "have", strconv.FormatInt(have, 10), "want", strconv.FormatInt(want, 10))
	}
	if err != nil {
		return nil, a.databaseError(err)
	}
	if err := a.refuseUnfinished(ctx, s); err != nil {
		return nil, err
	}
	if _, err := s.SyncClock(ctx); err != nil {
		return nil, a.databaseError(err)
	}
	return s, nil
}

// dialStore opens the database as it is; it is closed when the program ends.
func (a *app) dialStore(ctx context.Context) (*store.Store, error) {
	if path, ok := a.sqliteFile(); ok {
		if err := a.ensureFolder(filepath.Dir(path)); err != nil {
			return nil, err
		}
		if err := a.refuseHalf(path); err != nil {
			return nil, err
		}
	}
	s, err := store.Open(ctx, a.cfg.Database.Reveal(), store.Options{Explain: text.Explain})
	if err != nil {
		return nil, a.databaseError(err)
	}
	a.closers = append(a.closers, s.Close)
	return s, nil
}

func (a *app) databaseError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var refused *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case store.IsFull(err):
		return a.fail(ExitTemporary, text.DatabaseFull, "url", a.cfg.Database.String())
	case errors.As(err, &refused) && connectionRefusal(refused.Code), strings.HasPrefix(a.cfg.Database.Reveal(), "sqlite:"):
		return a.fail(ExitUsage, text.DatabaseBad, "url", a.cfg.Database.String(), "why", oneLine(err))
	case errors.As(err, &connect):
		return a.fail(ExitTemporary, text.DatabaseOff, "url", a.cfg.Database.String(), "why", oneLine(err))
	}
	return err
}

// connectionRefusal tells a wrong password or database name (classes 28 and
// 3D) from an outage.
func connectionRefusal(code string) bool {
	return strings.HasPrefix(code, "28") || strings.HasPrefix(code, "3D")
}

// ensureFolder makes a folder and proves that it can be written to.
func (a *app) ensureFolder(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(dir, ".lensan-*"); err == nil {
			f.Close()
			err = os.Remove(f.Name())
		}
	}
	if err != nil {
		why := err
		var p *fs.PathError
		if errors.As(err, &p) {
			why = p.Err
		}
		return a.fail(ExitUsage, text.DataDirBad, "dir", dir, "why", why.Error())
	}
	return nil
}

// today is the day of the whole program: fixed by LENSAN_NOW, else by the
// sample that the database was begun with, else the real one in Vietnam.
func (a *app) today(ctx context.Context, s *store.Store) (func() catalog.Day, error) {
	fixed, err := a.fixedDay(ctx, s)
	if err != nil {
		return nil, err
	}
	if fixed != "" {
		return func() catalog.Day { return fixed }, nil
	}
	return func() catalog.Day { return catalog.DayOf(s.Now()) }, nil
}

func (a *app) fixedDay(ctx context.Context, s *store.Store) (catalog.Day, error) {
	if a.cfg.Day != "" {
		return a.cfg.Day, nil
	}
	value, _, err := s.GetSetting(ctx, settingSample)
	return catalog.Day(value), err
}

// tellViews makes the SQL views count by the program's day.
func (a *app) tellViews(ctx context.Context, s *store.Store) error {
	fixed, err := a.fixedDay(ctx, s)
	if err != nil {
		return err
	}
	have, _, err := s.GetSetting(ctx, store.SettingToday)
	if err != nil || have == string(fixed) {
		return err
	}
	return s.SetToday(ctx, fixed)
}

// refuseSampleOnRealLane keeps the sample register away from marketplaces that
// are not the sandbox (promise 13).
func (a *app) refuseSampleOnRealLane(ctx context.Context, s *store.Store) error {
	if _, ok, err := s.GetSetting(ctx, settingSample); err != nil || !ok {
		return err
	}
	for _, l := range a.cfg.Enabled() {
		if !l.IsLocal() {
			return a.fail(ExitUsage, text.SampleRealLane, "lane", l.Name, "url", l.URL, "name", config.Variable(l.Name+".url"))
		}
	}
	return nil
}

// refuseRealWrites keeps writes away from marketplaces that are neither the
// sandbox nor on loopback, until that is safe.
func (a *app) refuseRealWrites(scope catalog.Scope, policy catalog.Policy) error {
	if policy == catalog.PolicyObserve {
		return nil
	}
	var lines []string
	for _, l := range a.cfg.Enabled() {
		inScope := len(scope.Marketplaces) == 0
		for _, m := range scope.Marketplaces {
			inScope = inScope || m == l.Name
		}
		if inScope && !l.IsLocal() && !l.IsWorkbook() {
			lines = append(lines, text.RealWrites.In(a.lang, "lane", l.Name, "url", l.URL, "name", config.Variable(l.Name+".url")))
		}
	}
	if len(lines) > 0 {
		return fail(ExitUsage, lines...)
	}
	return nil
}

// ensureAccounts records which account each lane's listings live in, and
// refuses another one (promise 13).
func (a *app) ensureAccounts(ctx context.Context, s *store.Store) error {
	for _, m := range marketplaces {
		l, _ := a.cfg.Lane(m.Name)
		if !l.Enabled {
			continue
		}
		r := m.resolved(l)
		err := s.EnsureAccount(ctx, m.Name, r.URL, r.Credentials[m.account].Reveal(), l.IsSandbox())
		var other *store.OtherAccountError
		if errors.As(err, &other) {
			return a.fail(ExitAccount, text.OtherAccount, "lane", m.Name,
				"had", other.HaveAccount+" ("+other.HaveURL+")", "have", other.WantAccount+" ("+other.WantURL+")")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
