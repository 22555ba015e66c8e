package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"lensan/store/catalog"
)

// ErrChoice says that an answer is none of those that can be given.
var ErrChoice = errors.New("that is not one of the choices")

// ErrResolved says that a decision is no longer open.
var ErrResolved = errors.New("the decision is no longer open")

// ErrBusy says that a worker holds the listing at this moment.
var ErrBusy = errors.New("a worker holds the listing just now: try again in a minute")

type decisionRow struct {
	ID          string `db:"id"`
	Kind        string `db:"kind"`
	Subject     string `db:"subject"`
	Marketplace string `db:"marketplace"`
	SKU         string `db:"sku"`
	ProductCode string `db:"product_code"`
	RunID       string `db:"run_id"`
	Stake       string `db:"stake"`
	State       string `db:"state"`
	Choice      string `db:"choice"`
	ResolvedBy  string `db:"resolved_by"`
	Note        string `db:"note"`
	CreatedAt   int64  `db:"created_at"`
	ResolvedAt  int64  `db:"resolved_at"`
}

const decisionColumns = `id, kind, subject, marketplace, sku, product_code, run_id, stake, state, choice, resolved_by, note, created_at, resolved_at`

func (r decisionRow) decision() (catalog.Decision, error) {
	d := catalog.Decision{ID: r.ID, Kind: catalog.DecisionKind(r.Kind), Subject: r.Subject, Marketplace: r.Marketplace, SKU: r.SKU, ProductCode: r.ProductCode,
		RunID: r.RunID, State: r.State, Choice: r.Choice, ResolvedBy: r.ResolvedBy, Note: r.Note, CreatedAt: fromMillis(r.CreatedAt), ResolvedAt: fromMillis(r.ResolvedAt)}
	return d, decode(r.Stake, &d.Stake)
}

// PutDecisions opens decisions, or brings the stakes of those open already up
// to date. One that a person answered by leaving all as it is stays answered
// while nothing about it changes. It returns how many are new.
func (s *Store) PutDecisions(ctx context.Context, decisions []catalog.Decision) (opened int, err error) {
	const count = `SELECT COUNT(*) FROM decisions WHERE state = 'open'`
	const put = `
INSERT INTO decisions (id, kind, subject, marketplace, sku, product_code, run_id, stake, state, created_at, updated_at)
VALUES (:id, :kind, :subject, :marketplace, :sku, :product_code, :run_id, :stake, 'open', :created_at, :created_at)
ON CONFLICT (kind, subject) WHERE state = 'open' DO UPDATE SET stake = excluded.stake, run_id = excluded.run_id, updated_at = excluded.updated_at`
	if len(decisions) == 0 {
		return 0, nil
	}
	now := s.nowMillis()
	err = s.inTx(ctx, func(t *tx) error {
		var before, after int
		if err := t.GetContext(ctx, &before, count); err != nil {
			return err
		}
		rows := make([]decisionRow, len(decisions))
		for i, d := range decisions {
			rows[i] = decisionRow{ID: newID("d", s.Now()), Kind: string(d.Kind), Subject: d.Subject, Marketplace: d.Marketplace, SKU: d.SKU,
				ProductCode: d.ProductCode, RunID: d.RunID, Stake: encode(orEmptyMap(d.Stake)), CreatedAt: now}
		}
		rows, err := t.unanswered(ctx, rows)
		if err != nil {
			return err
		}
		for _, part := range chunk(rows, 1000) {
			if _, err := t.NamedExecContext(ctx, put, part); err != nil {
				return err
			}
		}
		err = t.GetContext(ctx, &after, count)
		opened = after - before
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("open decisions: %w", err)
	}
	return opened, nil
}

// unanswered leaves out the rows whose like was answered by leaving all as it
// is.
func (t *tx) unanswered(ctx context.Context, rows []decisionRow) ([]decisionRow, error) {
	const query = `SELECT kind, subject, stake FROM decisions
WHERE state = 'resolved' AND choice IN ('different', 'leave', 'leave_closed', 'handled_by_hand', 'hold') AND subject IN (?)`
	answered := map[[3]string]bool{}
	for _, part := range chunk(rows, 1000) {
		subjects := make([]string, len(part))
		for i, r := range part {
			subjects[i] = r.Subject
		}
		var like []decisionRow
		if err := t.selectIn(ctx, &like, query, subjects); err != nil {
			return nil, err
		}
		for _, r := range like {
			answered[[3]string{r.Kind, r.Subject, r.Stake}] = true
		}
	}
	return slices.DeleteFunc(rows, func(r decisionRow) bool { return answered[[3]string{r.Kind, r.Subject, r.Stake}] }), nil
}

// LapseDecisions ends the open decisions of these kinds about these SKUs of a
// marketplace whose subject is not among keep: their cause is gone.
func (s *Store) LapseDecisions(ctx context.Context, marketplace string, kinds []catalog.DecisionKind, skus, keep []string) error {
	const read = `SELECT subject FROM decisions WHERE state = 'open' AND marketplace = ? AND kind IN (?) AND sku IN (?)`
	const lapse = `UPDATE decisions SET state = 'lapsed', updated_at = ?, resolved_at = ? WHERE state = 'open' AND marketplace = ? AND kind IN (?) AND subject IN (?)`
	err := s.inTx(ctx, func(t *tx) error {
		for _, part := range chunk(skus, 1000) {
			var open []string
			if err := t.selectIn(ctx, &open, read, marketplace, kinds, part); err != nil {
				return err
			}
			gone := slices.DeleteFunc(open, func(subject string) bool { return slices.Contains(keep, subject) })
			if len(gone) == 0 {
				continue
			}
			now := s.nowMillis()
			if _, err := t.execIn(ctx, lapse, now, now, marketplace, kinds, gone); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("lapse decisions: %w", err)
	}
	return nil
}

// DecisionFilter narrows Decisions; empty fields narrow nothing.
type DecisionFilter struct {
	State string // open, resolved, lapsed
	Kind  catalog.DecisionKind
	SKU   string
	After string // id: only later ones
	Limit int    // default 100
}

// Decisions reads decisions, oldest first.
func (s *Store) Decisions(ctx context.Context, f DecisionFilter) ([]catalog.Decision, error) {
	const query = `SELECT ` + decisionColumns + ` FROM decisions
WHERE (? = '' OR state = ?) AND (? = '' OR kind = ?) AND (? = '' OR sku = ?) AND id > ? ORDER BY id LIMIT ?`
	var rows []decisionRow
	kind := string(f.Kind)
	if err := s.selectRows(ctx, &rows, query, f.State, f.State, kind, kind, f.SKU, f.SKU, f.After, limitOr(f.Limit, 100)); err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	out := make([]catalog.Decision, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.decision(); err != nil {
			return nil, fmt.Errorf("decision %s: %w", r.ID, err)
		}
	}
	return out, nil
}

// GetDecision reads one decision; ErrNotFound when there is none.
func (s *Store) GetDecision(ctx context.Context, id string) (catalog.Decision, error) {
	var row decisionRow
	err := s.getRow(ctx, &row, `SELECT `+decisionColumns+` FROM decisions WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return catalog.Decision{}, fmt.Errorf("decision %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return catalog.Decision{}, fmt.Errorf("read decision: %w", err)
	}
	return row.decision()
}

// ResolveDecision writes a person's answer, what follows from it and its audit
// event in one transaction. It fails with ErrChoice, ErrResolved, ErrBusy or
// ErrNotFound and then changes nothing. The run that an answer asks for is
// returned.
func (s *Store) ResolveDecision(ctx context.Context, id, choice, by, note string) (run *catalog.Run, err error) {
	const resolve = `UPDATE decisions SET state = 'resolved', choice = ?, resolved_by = ?, note = ?, updated_at = ?, resolved_at = ? WHERE id = ? AND state = 'open'`
	d, err := s.GetDecision(ctx, id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(catalog.Choices[d.Kind], choice) {
		return nil, fmt.Errorf("decision %s, %q: %w", id, choice, ErrChoice)
	}
	err = s.inTx(ctx, func(t *tx) error {
		now := s.nowMillis()
		n, err := t.exec(ctx, resolve, choice, by, note, now, now, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("decision %s: %w", id, ErrResolved)
		}
		if run, err = t.carryOut(ctx, s, d, choice, by, note); err != nil {
			return err
		}
		return t.appendEvents(ctx, s.Now(), Event{Actor: by, Kind: "decision.resolved", Marketplace: d.Marketplace, SKU: d.SKU, ProductCode: d.ProductCode,
			Detail: map[string]any{"decision": id, "about": d.Kind, "choice": choice, "note": note, "stake": d.Stake}})
	})
	if err != nil {
		return nil, fmt.Errorf("resolve decision: %w", err)
	}
	s.wakeUp()
	return run, nil
}
