package store

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// ReasonRestored is the reason of runs that a restore ended.
const ReasonRestored = "run.restored"

// settleRestored makes a restored record fit to be worked from, in the
// transaction that ends the restore. What it says of the marketplaces is old:
//
//	lanes      count as never read, so that nothing is created before a whole reading; the account stays and is compared
//	intents    open ones are looked for, and no absence counts that was seen before now
//	runs       open ones are ended, their items cancelled: they were asked of another day
//	leases     nobody holds any
//	listings   what was applied since is not known (distrust, catalog.AppliedField)
func (t *tx) settleRestored(ctx context.Context, now time.Time, h BackupHeader, o RestoreOptions) error {
	at, settled := millis(now), millis(now.Add(o.Settle))
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE accounts SET read_whole_at = 0, restored_at = ?, probe_owner = '', probe_until = 0`, []any{at}},
		{`UPDATE intents SET state = 'checking', negatives = 0, look_after = CASE WHEN look_after > ? THEN look_after ELSE ? END WHERE state IN ('open', 'checking')`, []any{settled, settled}},
		{`UPDATE listings SET lease_owner = '', lease_until = 0, fence = fence + 1,
			sync_state = CASE WHEN sync_state <> 'applying' THEN sync_state
				WHEN EXISTS (SELECT 1 FROM intents i WHERE i.marketplace = listings.marketplace AND i.sku = listings.sku AND i.state = 'checking') THEN 'checking'
				ELSE 'waiting' END`, nil},
		{`UPDATE listings SET look_at = ? WHERE look_at > 0 AND look_at < ?`, []any{settled, settled}},
		{`UPDATE shops SET lease_owner = '', lease_until = 0`, nil},
		{`DELETE FROM media WHERE remote_id = ''`, nil},
		{`UPDATE media SET lease_owner = '', lease_until = 0`, nil},
		{`UPDATE items SET state = 'cancelled', reason_code = ?, batch_id = '', finished_at = ? WHERE state IN ('waiting', 'batched')`, []any{ReasonRestored, at}},
		{`UPDATE runs SET phase = 'ended', reason = ?, cancel_requested_at = ?, finished_at = ?, lease_owner = '', lease_until = 0 WHERE finished_at = 0`, []any{ReasonRestored, at, at}},
		{`INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, []any{settingRestored, strconv.FormatInt(at, 10)}},
		{`DELETE FROM settings WHERE name IN (?, ?)`, []any{settingRestoring, settingRegister}},
	} {
		if _, err := t.exec(ctx, step.query, step.args...); err != nil {
			return fmt.Errorf("settle what was restored: %w", err)
		}
	}
	if o.RegisterCurrent {
		if _, err := t.exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?)`, settingRegister, o.By); err != nil {
			return fmt.Errorf("settle what was restored: %w", err)
		}
	}
	return t.appendEvents(ctx, now, Event{Actor: o.By, Kind: "database.restored", Detail: map[string]any{"backup": o.Name,
		"taken_at": fromMillis(h.TakenAt), "program": h.Program, "rows": h.Rows(""), "register_current": o.RegisterCurrent}})
}

// settingRegister says, by who said so, that the register of the restored
// backup is today's.
const settingRegister = "restored_register"

// RestoredLane is a lane whose record came out of a backup.
type RestoredLane struct {
	At         time.Time // of the restore
	Registered bool      // a register was imported since, or the backup's is today's
}

// RestoredLanes are the lanes on which nothing may be changed or taken down
// yet: the record is older than what stands there. Most often there are none.
func (s *Store) RestoredLanes(ctx context.Context) (map[string]RestoredLane, error) {
	const query = `
SELECT a.marketplace, a.restored_at, EXISTS (SELECT 1 FROM imports i WHERE i.state = 'applied' AND i.created_at > a.restored_at)
  OR EXISTS (SELECT 1 FROM settings WHERE name = 'restored_register') AS registered
FROM accounts a WHERE a.restored_at > 0`
	var rows []struct {
		Marketplace string `db:"marketplace"`
		RestoredAt  int64  `db:"restored_at"`
		Registered  bool   `db:"registered"`
	}
	if err := s.selectRows(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("read restored lanes: %w", err)
	}
	out := map[string]RestoredLane{}
	for _, r := range rows {
		out[r.Marketplace] = RestoredLane{At: fromMillis(r.RestoredAt), Registered: r.Registered}
	}
	return out, nil
}

// settingRestored is when a backup was last restored, in UTC milliseconds.
const settingRestored = "restored_at"

// FromBackup tells whether an intent came out of a backup: what was written
// after it is not on record.
func (s *Store) FromBackup(ctx context.Context, in Intent) (bool, error) {
	value, ok, err := s.GetSetting(ctx, settingRestored)
	if err != nil || !ok {
		return false, err
	}
	at, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return false, fmt.Errorf("setting %s: %w", settingRestored, err)
	}
	return millis(in.CreatedAt) <= at, nil
}

// EndRestored lets a lane be worked as any other: it was read whole after the
// register was imported again.
func (s *Store) EndRestored(ctx context.Context, marketplace string) error {
	const query = `UPDATE accounts SET restored_at = 0 WHERE marketplace = ? AND restored_at > 0`
	err := s.inTx(ctx, func(t *tx) error {
		n, err := t.exec(ctx, query, marketplace)
		if err != nil || n == 0 {
			return err
		}
		return t.appendEvents(ctx, s.Now(), Event{Kind: "lane.restored", Marketplace: marketplace})
	})
	if err != nil {
		return fmt.Errorf("end what a restore began on %s: %w", marketplace, err)
	}
	return nil
}

// Ground is what was found to be common ground about the fields of a listing:
// what is wanted and what is there, whoever made it so.
type Ground struct {
	Marketplace, SKU string
	Applied          string // JSON: catalog.AppliedField by field
}

// SetGround writes common ground of listings that no worker holds.
func (s *Store) SetGround(ctx context.Context, rows []Ground) error {
	const query = `UPDATE listings SET applied = ? WHERE marketplace = ? AND sku = ? AND lease_until < ?`
	if len(rows) == 0 {
		return nil
	}
	err := s.inTxAgain(ctx, func(t *tx) error {
		now := s.nowMillis()
		for _, g := range rows {
			if _, err := t.exec(ctx, query, g.Applied, g.Marketplace, g.SKU, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write common ground: %w", err)
	}
	return nil
}
