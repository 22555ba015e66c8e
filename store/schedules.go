package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"lensan/store/catalog"
)

// CronOff is the cron of a schedule that never runs.
const CronOff = "off"

// ErrNoSchedule says that no schedule has that name.
var ErrNoSchedule = errors.New("no such schedule")

// Schedule is a run that is asked for at a time of day in Vietnam, at most
// once for each local date.
type Schedule struct {
	Name      string
	Cron      string // five fields, or CronOff
	Kind      catalog.RunKind
	LastDate  catalog.Day // the local date it last ran for; empty: never
	NextAt    time.Time   // zero: off
	UpdatedAt time.Time
}

type scheduleRow struct {
	Name      string `db:"name"`
	Cron      string `db:"cron"`
	Kind      string `db:"kind"`
	LastDate  string `db:"last_date"`
	NextAt    int64  `db:"next_at"`
	UpdatedAt int64  `db:"updated_at"`
}

func (r scheduleRow) schedule() Schedule {
	return Schedule{
		Name: r.Name, Cron: r.Cron, Kind: catalog.RunKind(r.Kind), LastDate: catalog.Day(r.LastDate),
		NextAt: fromMillis(r.NextAt), UpdatedAt: fromMillis(r.UpdatedAt),
	}
}

const scheduleColumns = `name, cron, kind, last_date, next_at, updated_at`

// CheckCron tells what is wrong with a cron expression: five fields, or "off".
func CheckCron(expr string) error {
	_, err := parseCron(expr)
	return err
}

// parseCron gives nil for "off".
func parseCron(expr string) (cron.Schedule, error) {
	if expr == CronOff {
		return nil, nil
	}
	c, err := cron.ParseStandard(expr)
	if err != nil {
		return nil, fmt.Errorf("cron %q: %w", expr, err)
	}
	return c, nil
}

// nextFire is the first time after t, in Vietnam, that falls on a date later
// than last; zero when the cron is off or never fires.
func nextFire(c cron.Schedule, t time.Time, last catalog.Day) time.Time {
	if c == nil {
		return time.Time{}
	}
	next := c.Next(t.In(catalog.Vietnam))
	if !next.IsZero() && catalog.DayOf(next) <= last {
		next = c.Next(last.Start().Add(24*time.Hour - time.Nanosecond).In(catalog.Vietnam))
	}
	if next.IsZero() {
		return next
	}
	return next.UTC()
}

// SeedSchedule makes a schedule the first time its name is seen; after that
// the row decides and a seed changes nothing.
func (s *Store) SeedSchedule(ctx context.Context, name, expr string, kind catalog.RunKind) error {
	const query = `INSERT INTO schedules (name, cron, kind, next_at, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`
	c, err := parseCron(expr)
	if err != nil {
		return err
	}
	now := s.Now()
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), name, expr, kind, millis(nextFire(c, now, "")), millis(now)); err != nil {
		return fmt.Errorf("seed schedule %s: %w", name, err)
	}
	return nil
}

// SetSchedule changes when a schedule runs; "off" stops it. ErrNoSchedule.
func (s *Store) SetSchedule(ctx context.Context, name, expr, by string) error {
	const read = `SELECT ` + scheduleColumns + ` FROM schedules WHERE name = ?`
	const query = `UPDATE schedules SET cron = ?, next_at = ?, updated_at = ? WHERE name = ?`
	c, err := parseCron(expr)
	if err != nil {
		return err
	}
	err = s.inTx(ctx, func(t *tx) error {
		var rows []scheduleRow
		if err := t.SelectContext(ctx, &rows, t.Rebind(read), name); err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrNoSchedule
		}
		now := s.Now()
		if _, err := t.exec(ctx, query, expr, millis(nextFire(c, now, catalog.Day(rows[0].LastDate))), millis(now), name); err != nil {
			return err
		}
		return t.appendEvents(ctx, now, Event{Actor: by, Kind: "schedule.changed", Detail: map[string]any{"name": name, "before": rows[0].Cron, "after": expr}})
	})
	if err != nil {
		return fmt.Errorf("set schedule %s: %w", name, err)
	}
	return nil
}

// Schedules lists the schedules, by name.
func (s *Store) Schedules(ctx context.Context) ([]Schedule, error) {
	const query = `SELECT ` + scheduleColumns + ` FROM schedules ORDER BY name`
	var rows []scheduleRow
	if err := s.selectRows(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	out := make([]Schedule, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.schedule())
	}
	return out, nil
}

// RunDueSchedules asks for the run of each schedule whose time has come, in
// the transaction that moves the schedule on by compare-and-swap: once for a
// local date, however many processes call it. Nights missed are caught up
// once, together. It returns the runs asked for.
func (s *Store) RunDueSchedules(ctx context.Context) ([]catalog.Run, error) {
	const due = `SELECT ` + scheduleColumns + ` FROM schedules WHERE cron <> 'off' AND next_at > 0 AND next_at <= ? ORDER BY name`
	var rows []scheduleRow
	if err := s.selectRows(ctx, &rows, due, s.nowMillis()); err != nil {
		return nil, fmt.Errorf("due schedules: %w", err)
	}
	var runs []catalog.Run
	for _, row := range rows {
		run, ok, err := s.runSchedule(ctx, row)
		if err != nil {
			return runs, fmt.Errorf("schedule %s: %w", row.Name, err)
		}
		if ok {
			runs = append(runs, run)
		}
	}
	if len(runs) > 0 {
		s.wakeUp()
	}
	return runs, nil
}

func (s *Store) runSchedule(ctx context.Context, row scheduleRow) (run catalog.Run, ok bool, err error) {
	const move = `UPDATE schedules SET last_date = ?, next_at = ? WHERE name = ? AND cron = ? AND next_at = ? AND last_date < ?`
	c, err := parseCron(row.Cron)
	if err != nil || c == nil {
		return catalog.Run{}, false, err
	}
	now := s.Now()
	date := catalog.DayOf(lastFire(c, fromMillis(row.NextAt), now))
	err = s.inTx(ctx, func(t *tx) error {
		n, err := t.exec(ctx, move, date, millis(nextFire(c, now, date)), row.Name, row.Cron, row.NextAt, date)
		if err != nil || n == 0 {
			return err
		}
		ok = true
		run, _, err = t.requestRun(ctx, now, RunRequest{Kind: catalog.RunKind(row.Kind), Policy: catalog.PolicySync, Trigger: catalog.TriggerSchedule})
		return err
	})
	return run, ok && err == nil, err
}

// lastFire is the latest time at or before now at which the cron fired, no
// earlier than next, which it is known to have.
func lastFire(c cron.Schedule, next, now time.Time) time.Time {
	last := next
	from := next
	if early := now.Add(-49 * time.Hour); early.After(from) {
		from = early
	}
	for t := c.Next(from.In(catalog.Vietnam)); !t.IsZero() && !t.After(now); t = c.Next(t) {
		last = t
	}
	return last
}
