package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"lensan/adapters"
	"lensan/store/catalog"
)

// IntentState is how far a mutating request has come.
type IntentState string

// The states of an intent. Open and checking ones block any other request for
// their SKU on their marketplace.
const (
	IntentOpen     IntentState = "open"     // about to be sent, or sent by a process that died
	IntentChecking IntentState = "checking" // sent, no sure answer: settled by looking
	IntentDone     IntentState = "done"
	IntentRefused  IntentState = "refused" // clearly refused
	IntentVoid     IntentState = "void"    // not carried out: never sent, or looked for and not there
)

// Intent is a mutating request, written before it leaves.
type Intent struct {
	ID          string
	Marketplace string
	Change      adapters.Change // with its payload
	Fields      adapters.Fields // the fields as sent, in normal form
	Digest      string          // of what was decided, remembered when refused
	Harm        []string        // brakes that it presses
	State       IntentState
	RunID       string
	Before      *catalog.Listing
	After       *catalog.Listing // as the answer left it; set by IntentsOfRun
	Attempts    int              // requests sent
	Kind        adapters.Kind    // of the last answer, where there was one
	Negatives   int              // whole readings that did not show it
	CreatedAt   time.Time
	EndedAt     time.Time // when the last attempt is known to have ended
	LookAfter   time.Time // an absence read before this is no proof
}

type intentRow struct {
	ID          string `db:"id"`
	Marketplace string `db:"marketplace"`
	SKU         string `db:"sku"`
	Op          string `db:"op"`
	State       string `db:"state"`
	Change      string `db:"change_json"`
	Payload     []byte `db:"payload"`
	Fields      string `db:"fields"`
	Digest      string `db:"digest"`
	Harm        string `db:"harm"`
	Fence       int64  `db:"fence"`
	RunID       string `db:"run_id"`
	Before      string `db:"before_json"`
	Attempts    int    `db:"attempts"`
	Kind        string `db:"kind"`
	Negatives   int    `db:"negatives"`
	EndedAt     int64  `db:"ended_at"`
	LookAfter   int64  `db:"look_after"`
	CreatedAt   int64  `db:"created_at"`
}

func (r intentRow) intent() (Intent, error) {
	in := Intent{ID: r.ID, Marketplace: r.Marketplace, State: IntentState(r.State), Digest: r.Digest, RunID: r.RunID, Attempts: r.Attempts, Kind: adapters.Kind(r.Kind),
		Negatives: r.Negatives, CreatedAt: fromMillis(r.CreatedAt), EndedAt: fromMillis(r.EndedAt), LookAfter: fromMillis(r.LookAfter)}
	if err := json.Unmarshal([]byte(r.Change), &in.Change); err != nil {
		return in, fmt.Errorf("intent %s: %w", r.ID, err)
	}
	in.Change.Payload = r.Payload
	if r.Before != "" {
		in.Before = &catalog.Listing{}
		if err := json.Unmarshal([]byte(r.Before), in.Before); err != nil {
			return in, fmt.Errorf("intent %s: %w", r.ID, err)
		}
	}
	return in, decode(r.Fields, &in.Fields)
}

// LookGrace is how long after an outcome should have been settled by its item
// the listing is looked at for its own sake.
const LookGrace = time.Minute

// OpenIntents reads the intents of these SKUs whose outcome is not known.
func (s *Store) OpenIntents(ctx context.Context, marketplace string, skus []string) (map[string]Intent, error) {
	const query = `
SELECT id, marketplace, sku, op, state, change_json, payload, fields, digest, fence, run_id, before_json, attempts, negatives, ended_at, look_after, created_at, kind
FROM intents WHERE marketplace = ? AND sku IN (?) AND state IN ('open', 'checking')`
	out := map[string]Intent{}
	for _, part := range chunk(skus, 1000) {
		var rows []intentRow
		if err := s.selectIn(ctx, &rows, query, marketplace, part); err != nil {
			return nil, fmt.Errorf("read open intents: %w", err)
		}
		for _, r := range rows {
			in, err := r.intent()
			if err != nil {
				return nil, err
			}
			out[r.SKU] = in
		}
	}
	return out, nil
}

// RepeatIntent marks one more attempt of an intent that was looked for and not
// found, under owner's lease. It fails with ErrLeaseLost when that was lost,
// or somebody has linked the listing meanwhile.
func (s *Store) RepeatIntent(ctx context.Context, in Intent, owner string, lookAfter time.Time) error {
	const query = `
UPDATE intents SET state = 'open', attempts = attempts + 1, negatives = 0, look_after = ?
WHERE id = ? AND state IN ('open', 'checking')
  AND EXISTS (SELECT 1 FROM listings l WHERE l.marketplace = intents.marketplace AND l.sku = intents.sku AND l.lease_owner = ? AND l.lease_until > ?
    AND l.remote_id = '')`
	const look = `UPDATE listings SET look_at = ? WHERE marketplace = ? AND sku = ? AND (look_at = 0 OR look_at > ?)` // a look asked for before that stays
	err := s.inTx(ctx, func(t *tx) error {
		n, err := t.exec(ctx, query, millis(lookAfter), in.ID, owner, s.nowMillis())
		if err == nil && n == 0 {
			err = ErrLeaseLost
		}
		if err != nil {
			return err
		}
		at := millis(lookAfter.Add(LookGrace))
		_, err = t.exec(ctx, look, at, in.Marketplace, in.Change.SKU, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("repeat intent %s: %w", in.ID, err)
	}
	return nil
}

// IntentsOfRun reads what a run did, the changes that were made, newest first,
// with the listings before and after them; for these SKUs of one marketplace,
// or for all where skus is nil.
func (s *Store) IntentsOfRun(ctx context.Context, runID, marketplace string, skus []string) ([]Intent, error) {
	const query = `
SELECT id, marketplace, sku, op, state, change_json, payload, fields, digest, fence, run_id, before_json, after_json, attempts, negatives, ended_at, look_after, created_at, kind
FROM intents WHERE run_id = ? AND marketplace = ? AND state = 'done' AND sku IN (?) ORDER BY id DESC`
	var out []Intent
	for _, part := range chunk(skus, 1000) {
		var rows []struct {
			intentRow
			After string `db:"after_json"`
		}
		if err := s.selectIn(ctx, &rows, query, runID, marketplace, part); err != nil {
			return nil, fmt.Errorf("read what run %s did: %w", runID, err)
		}
		for _, r := range rows {
			in, err := r.intent()
			if err != nil {
				return nil, err
			}
			for _, image := range []struct {
				text string
				dest **catalog.Listing
			}{{r.Before, &in.Before}, {r.After, &in.After}} {
				if image.text == "" {
					continue
				}
				*image.dest = &catalog.Listing{}
				if err := json.Unmarshal([]byte(image.text), *image.dest); err != nil {
					return nil, fmt.Errorf("intent %s: %w", r.ID, err)
				}
			}
			out = append(out, in)
		}
	}
	return out, nil
}

// TouchedByRun reads which SKUs a run changed, as (marketplace, SKU), some
// hundreds at a time.
func (s *Store) TouchedByRun(ctx context.Context, runID string, fn func(marketplace string, skus []string) error) error {
	const query = `
SELECT DISTINCT marketplace, sku FROM intents
WHERE run_id = ? AND state = 'done' AND (marketplace > ? OR marketplace = ? AND sku > ?) ORDER BY marketplace, sku LIMIT 500`
	m, sku := "", ""
	for {
		var rows []struct {
			Marketplace string `db:"marketplace"`
			SKU         string `db:"sku"`
		}
		if err := s.selectRows(ctx, &rows, query, runID, m, m, sku); err != nil {
			return fmt.Errorf("read what run %s did: %w", runID, err)
		}
		if len(rows) == 0 {
			return nil
		}
		by := map[string][]string{}
		for _, r := range rows {
			by[r.Marketplace] = append(by[r.Marketplace], r.SKU)
		}
		for market, skus := range by {
			if err := fn(market, skus); err != nil {
				return err
			}
		}
		m, sku = rows[len(rows)-1].Marketplace, rows[len(rows)-1].SKU
	}
}
