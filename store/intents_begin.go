package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Window is a limit on harm: at most Max intents that press a brake since a
// moment, those that were refused or never carried out aside.
type Window struct {
	Brake string
	Since time.Time
	Max   int
}

// BeginIntents writes the intents of one request, or of several about to be
// sent, under owner's leases, and marks their listings as being applied. It
// returns the SKUs accepted: one whose lease was lost, that has an open intent
// already, or that is to be created though it is linked by now, is left out.
// Each listing is to be looked at some time after its LookAfter, should
// everything that was to settle it be lost.
//
// braked are those left out since a window has no more room for them, in the
// order given: what still fits is written. What is counted is what was
// written, so workers in parallel can't overspend.
func (s *Store) BeginIntents(ctx context.Context, marketplace, owner string, intents []Intent, windows ...Window) (accepted map[string]bool, braked map[string]Window, err error) {
	if len(intents) == 0 {
		return map[string]bool{}, nil, nil
	}
	err = s.inTxAgain(ctx, func(t *tx) error { // nothing has been sent yet
		accepted, braked = map[string]bool{}, map[string]Window{}
		return t.beginIntents(ctx, s.Now(), marketplace, owner, intents, windows, accepted, braked)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("write intents: %w", err)
	}
	return accepted, braked, nil
}

func (t *tx) beginIntents(ctx context.Context, at time.Time, marketplace, owner string, intents []Intent, windows []Window, accepted map[string]bool, braked map[string]Window) error {
	const lock = `UPDATE accounts SET first_seen_at = first_seen_at WHERE marketplace = ?` // one reservation at a time
	const insert = `
INSERT INTO intents (id, marketplace, sku, op, state, change_json, payload, fields, digest, harm, fence, run_id, before_json, attempts, look_after, created_at)
VALUES (:id, :marketplace, :sku, :op, 'open', :change_json, :payload, :fields, :digest, :harm, :fence, :run_id, :before_json, :attempts, :look_after, :created_at)
ON CONFLICT DO NOTHING`
	const written = `SELECT sku FROM intents WHERE id IN (?)`
	if len(windows) > 0 {
		if _, err := t.exec(ctx, lock, marketplace); err != nil {
			return err
		}
	}
	holds, err := t.markApplying(ctx, millis(at), marketplace, owner, intents)
	if err != nil {
		return err
	}
	room, err := t.roomOf(ctx, marketplace, windows)
	if err != nil {
		return err
	}
	var rows []intentRow
	var ids []string
	for i := range intents {
		in := &intents[i]
		if !holds[in.Change.SKU] {
			continue
		}
		if w, full := takeRoom(room, in.Harm); full {
			braked[in.Change.SKU] = w
			continue
		}
		in.ID, in.Attempts = newID("i", at), 1
		rows, ids = append(rows, rowOf(*in, marketplace, millis(at))), append(ids, in.ID)
	}
	for _, part := range chunk(rows, 1000) {
		if _, err := t.NamedExecContext(ctx, insert, part); err != nil {
			return err
		}
	}
	for _, part := range chunk(ids, 1000) {
		var got []string
		if err := t.selectIn(ctx, &got, written, part); err != nil {
			return err
		}
		for _, sku := range got {
			accepted[sku] = true
		}
	}
	return nil
}

// markApplying marks the intents' listings, those that owner may write, and
// returns their SKUs. A look that was asked for since the worker last knew
// comes first; the others are to be looked at should all be lost.
func (t *tx) markApplying(ctx context.Context, now int64, marketplace, owner string, intents []Intent) (map[string]bool, error) {
	mark := `SELECT sku, look_at FROM listings WHERE marketplace = ? AND lease_owner = ? AND lease_until > ? AND (? <> 'create' OR remote_id = '') AND sku IN (?)` + t.dialect.forUpdate
	const apply = `UPDATE listings SET sync_state = 'applying', updated_at = ? WHERE marketplace = ? AND sku IN (?)`
	const look = `UPDATE listings SET look_at = ? WHERE marketplace = ? AND sku IN (?)`
	skus, known := make([]string, len(intents)), map[string]int64{}
	for i, in := range intents {
		skus[i] = in.Change.SKU
		if in.Before != nil {
			known[in.Change.SKU] = millis(in.Before.LookHeld)
		}
	}
	var held []struct {
		SKU    string `db:"sku"`
		LookAt int64  `db:"look_at"`
	}
	if err := t.selectIn(ctx, &held, mark, marketplace, owner, now, string(intents[0].Change.Op), skus); err != nil || len(held) == 0 {
		return nil, err
	}
	holds := map[string]bool{}
	var all, free []string
	for _, h := range held {
		holds[h.SKU] = true
		all = append(all, h.SKU)
		if h.LookAt == 0 || h.LookAt == known[h.SKU] {
			free = append(free, h.SKU)
		}
	}
	if _, err := t.execIn(ctx, apply, now, marketplace, all); err != nil {
		return nil, err
	}
	if len(free) == 0 {
		return holds, nil
	}
	_, err := t.execIn(ctx, look, millis(intents[0].LookAfter.Add(LookGrace)), marketplace, free)
	return holds, err
}

// windowRoom is how many more intents a window has room for.
type windowRoom struct {
	Window
	left int
}

func (t *tx) roomOf(ctx context.Context, marketplace string, windows []Window) ([]windowRoom, error) {
	const count = `SELECT COUNT(*) FROM intents
WHERE marketplace = ? AND harm <> '' AND ' ' || harm || ' ' LIKE ? AND created_at >= ? AND state IN ('open', 'checking', 'done')`
	out := make([]windowRoom, len(windows))
	for i, w := range windows {
		var n int
		if err := t.GetContext(ctx, &n, t.Rebind(count), marketplace, "% "+w.Brake+" %", millis(w.Since)); err != nil {
			return nil, err
		}
		out[i] = windowRoom{Window: w, left: w.Max - n}
	}
	return out, nil
}

// takeRoom takes the room of one intent's harm in every window, or none where
// one is full.
func takeRoom(room []windowRoom, harm []string) (Window, bool) {
	for _, r := range room {
		if slices.Contains(harm, r.Brake) && r.left <= 0 {
			return r.Window, true
		}
	}
	for i := range room {
		if slices.Contains(harm, room[i].Brake) {
			room[i].left--
		}
	}
	return Window{}, false
}

func rowOf(in Intent, marketplace string, now int64) intentRow {
	bare := in.Change
	bare.Payload = nil
	row := intentRow{ID: in.ID, Marketplace: marketplace, SKU: in.Change.SKU, Op: string(in.Change.Op), Change: encode(bare),
		Payload: in.Change.Payload, Fields: encode(orEmptyMap(in.Fields)), Digest: in.Digest, Harm: strings.Join(in.Harm, " "), RunID: in.RunID, Attempts: 1,
		LookAfter: millis(in.LookAfter), CreatedAt: now}
	if in.Before != nil {
		row.Fence, row.Before = in.Before.Fence, encode(in.Before)
	}
	return row
}
