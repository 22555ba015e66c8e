package store

import (
	"context"
	"errors"
	"fmt"

	"lensan/store/catalog"
)

// What a rename may be refused for.
var (
	// ErrNoSKU: the old SKU is not known.
	ErrNoSKU = errors.New("no such SKU")
	// ErrSKUTaken: the new SKU has a listing of its own.
	ErrSKUTaken = errors.New("the new SKU is taken")
	// ErrSKUBusy: a request for the old SKU is under way, or its outcome not
	// known yet; later it can be renamed.
	ErrSKUBusy = errors.New("a change of this SKU is under way")
)

// RenameSKU gives a SKU another code and keeps all that hangs on it: its
// listings stay linked, and a marketplace goes on knowing them by the old code
// (remote_sku). It is audited. An import of a file that still has the old code
// then refuses that row.
func (s *Store) RenameSKU(ctx context.Context, old, to, by string) error {
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.renameSKU(ctx, old, to, by, s.nowMillis()); err != nil {
			return err
		}
		return t.appendEvents(ctx, s.Now(), renameEvent(old, to, by))
	})
	if err != nil {
		return fmt.Errorf("rename %s to %s: %w", old, to, err)
	}
	return nil
}

func renameEvent(old, to, by string) Event {
	return Event{Actor: by, Kind: "sku.renamed", SKU: to, Detail: map[string]any{"from": old, "to": to}}
}

func (t *tx) renameSKU(ctx context.Context, old, to, by string, now int64) error {
	exists, err := t.mayRename(ctx, old, to, now)
	if err != nil {
		return err
	}
	steps := []string{`UPDATE skus SET sku = ? WHERE sku = ?`, `UPDATE sku_images SET sku = ? WHERE sku = ?`}
	if exists {
		// The new code has come in on its own: what the register says of it is
		// the newer, and only what hangs on the old one moves.
		steps = []string{
			`DELETE FROM skus WHERE sku <> ? AND sku = ?`, `DELETE FROM sku_images WHERE sku <> ? AND sku = ?`,
			`DELETE FROM listings WHERE sku = ? AND sku <> ?`, `DELETE FROM items WHERE sku = ? AND sku <> ? AND state = 'waiting'`,
		}
	}
	steps = append(steps,
		`UPDATE intents SET sku = ? WHERE sku = ?`,
		`UPDATE items SET sku = ? WHERE sku = ? AND state = 'waiting'`,
		`UPDATE sku_renames SET new_sku = ? WHERE new_sku = ?`,
	)
	for _, q := range steps {
		if _, err := t.exec(ctx, q, to, old); err != nil {
			return err
		}
	}
	const listings = `
UPDATE listings SET remote_sku = CASE WHEN remote_sku = '' AND remote_id <> '' THEN sku ELSE remote_sku END, sku = ?, updated_at = ? WHERE sku = ?`
	if _, err := t.exec(ctx, listings, to, now, old); err != nil {
		return err
	}
	// Taking an old code back ends the memory of having given it up.
	if _, err := t.exec(ctx, `DELETE FROM sku_renames WHERE old_sku = ?`, to); err != nil {
		return err
	}
	const remember = `INSERT INTO sku_renames (old_sku, new_sku, renamed_by, created_at) VALUES (?, ?, ?, ?)`
	if _, err := t.exec(ctx, remember, old, to, by, now); err != nil {
		return err
	}
	const settle = `UPDATE sku_successions SET state = 'renamed', decided_by = ?, decided_at = ? WHERE gone_sku = ? AND new_sku = ? AND state = 'proposed'`
	if _, err := t.exec(ctx, settle, by, now, old, to); err != nil {
		return err
	}
	// Whatever else was thought to follow the old code is settled by this.
	const rest = `UPDATE sku_successions SET state = 'separate', decided_by = ?, decided_at = ? WHERE gone_sku = ? AND state = 'proposed'`
	_, err = t.exec(ctx, rest, by, now, old)
	return err
}

// mayRename tells whether the new code is in the record already, without a
// listing of its own.
func (t *tx) mayRename(ctx context.Context, old, to string, now int64) (exists bool, err error) {
	var n struct {
		Old    int `db:"old"`
		To     int `db:"there"`
		Listed int `db:"listed"`
		Busy   int `db:"busy"`
	}
	const query = `
SELECT (SELECT count(*) FROM skus WHERE sku = ?) AS old,
       (SELECT count(*) FROM skus WHERE sku = ?) AS there,
       (SELECT count(*) FROM listings WHERE sku = ? AND remote_id <> '') AS listed,
       (SELECT count(*) FROM intents WHERE sku IN (?, ?) AND state IN ('open', 'checking'))
       + (SELECT count(*) FROM listings WHERE sku IN (?, ?) AND lease_until > ?) AS busy`
	if err := t.GetContext(ctx, &n, t.Rebind(query), old, to, to, old, to, old, to, now); err != nil {
		return false, err
	}
	switch {
	case old == to || n.Old == 0:
		return false, ErrNoSKU
	case n.Listed > 0:
		return false, ErrSKUTaken
	case n.Busy > 0:
		return false, ErrSKUBusy
	}
	if n.To == 0 {
		// A listing row of the new code without a SKU says nothing.
		_, err = t.exec(ctx, `DELETE FROM listings WHERE sku = ?`, to)
	}
	return n.To > 0, err
}

// rename carries out a rename that a row declares. It is done once: when the
// old code is gone there is nothing to do.
func (p *skuPage) rename(ctx context.Context, m *merge, old, to string) (*catalog.Reason, error) {
	row, known := p.before[old]
	if !known {
		return nil, nil
	}
	err := m.tx.renameSKU(ctx, old, to, m.opts.By, m.now)
	switch {
	case errors.Is(err, ErrSKUTaken):
		r := hit("sku.rename_taken", "old", old)
		return &r, nil
	case errors.Is(err, ErrSKUBusy):
		r := hit("sku.rename_busy", "old", old)
		return &r, nil
	case err != nil:
		return nil, err
	}
	m.report.Counts.Renamed++
	m.renames = append(m.renames, renameEvent(old, to, m.opts.By))
	delete(p.before, old)
	if _, there := p.before[to]; there {
		return nil, nil
	}
	row.SKU = to
	p.before[to] = row
	images := p.images[old]
	for i := range images {
		images[i].SKU = to
	}
	p.images[to] = images
	return nil, nil
}
