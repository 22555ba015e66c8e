package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lensan/store/catalog"
)

// Errors of runs.
var (
	ErrNoRun      = errors.New("no such run")
	ErrRunEnded   = errors.New("the run has ended")
	ErrRunNotHeld = errors.New("the run is not being planned by this process any more")
)

// Reason codes of ends that are not the items'.
const (
	ReasonRunCancelled = "run.cancelled"
	ReasonRunDeadline  = "run.deadline"
	// ReasonBrakeWindow is an item's that a rolling limit left no room for, and
	// that of the run it was of.
	ReasonBrakeWindow = "brake.window"
)

const runColumns = `id, kind, scope, policy, trigger, requested_by, plan_id, phase, planned, unchanged, left_out, reason,
	cancel_requested_at, paused_at, deadline_at, created_at, started_at, finished_at, lifted, reverts`

type runRow struct {
	ID          string `db:"id"`
	Kind        string `db:"kind"`
	Scope       string `db:"scope"`
	Policy      string `db:"policy"`
	Trigger     string `db:"trigger"`
	RequestedBy string `db:"requested_by"`
	PlanID      string `db:"plan_id"`
	Phase       string `db:"phase"`
	Planned     int    `db:"planned"`
	Unchanged   int    `db:"unchanged"`
	LeftOut     int    `db:"left_out"`
	Reason      string `db:"reason"`
	CancelAt    int64  `db:"cancel_requested_at"`
	PausedAt    int64  `db:"paused_at"`
	DeadlineAt  int64  `db:"deadline_at"`
	CreatedAt   int64  `db:"created_at"`
	StartedAt   int64  `db:"started_at"`
	FinishedAt  int64  `db:"finished_at"`
	Lifted      string `db:"lifted"`
	Reverts     string `db:"reverts"`
}

func (r runRow) run() (catalog.Run, error) {
	run := catalog.Run{
		ID: r.ID, Kind: catalog.RunKind(r.Kind), Policy: catalog.Policy(r.Policy), Trigger: catalog.Trigger(r.Trigger),
		RequestedBy: r.RequestedBy, PlanID: r.PlanID, Phase: catalog.RunPhase(r.Phase),
		Planned: r.Planned, Unchanged: r.Unchanged, LeftOut: r.LeftOut, Reason: r.Reason,
		CancelRequestedAt: fromMillis(r.CancelAt), PausedAt: fromMillis(r.PausedAt), DeadlineAt: fromMillis(r.DeadlineAt),
		CreatedAt: fromMillis(r.CreatedAt), StartedAt: fromMillis(r.StartedAt), FinishedAt: fromMillis(r.FinishedAt), Reverts: r.Reverts,
	}
	if err := json.Unmarshal([]byte(r.Scope), &run.Scope); err != nil {
		return catalog.Run{}, fmt.Errorf("run %s: scope: %w", r.ID, err)
	}
	if err := decode(r.Lifted, &run.Lifted); err != nil {
		return catalog.Run{}, fmt.Errorf("run %s: lifted brakes: %w", r.ID, err)
	}
	return run, nil
}

func runsOf(rows []runRow) ([]catalog.Run, error) {
	runs := make([]catalog.Run, 0, len(rows))
	for _, r := range rows {
		run, err := r.run()
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// RunRequest is what somebody asks for.
type RunRequest struct {
	Kind     catalog.RunKind
	Scope    catalog.Scope
	Policy   catalog.Policy
	Trigger  catalog.Trigger
	By       string    // a person's name; empty: the program
	PlanID   string    // a stored plan to carry out; empty: plan when claimed
	Deadline time.Time // zero: none
	// Lift names the brakes that a person lifts for this run alone, and why;
	// both go into the audit.
	Lift       []string
	LiftReason string
	Reverts    string // with RunRevert: the run to take back
}

// RequestRun asks for a run: its row and its audit event in one transaction.
// One run is open for each kind, scope, policy, plan and set of lifted brakes: a second asker gets that
// one, with joined true, also when he asked for another deadline. The
// order of a scope's values does not matter. A run being cancelled is not
// joined.
func (s *Store) RequestRun(ctx context.Context, q RunRequest) (run catalog.Run, joined bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		run, joined, err = t.requestRun(ctx, s.Now(), q)
		return err
	})
	if err != nil {
		return catalog.Run{}, false, fmt.Errorf("request run: %w", err)
	}
	s.wakeUp()
	return run, joined, nil
}

func (t *tx) requestRun(ctx context.Context, now time.Time, q RunRequest) (catalog.Run, bool, error) {
	const insert = `INSERT INTO runs (id, kind, scope, policy, trigger, requested_by, plan_id, deadline_at, created_at, scope_key, lifted, reverts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	const open = `SELECT ` + runColumns + ` FROM runs WHERE scope_key = ? AND finished_at = 0 AND cancel_requested_at = 0`
	if q.By == "" {
		q.By = ActorProgram
	}
	scope, key, err := scopeKey(q)
	if err != nil {
		return catalog.Run{}, false, err
	}
	id := newID("r", now)
	// The open run may end between the insert that it stops and the read.
	for range 5 {
		n, err := t.exec(ctx, insert, id, q.Kind, scope, q.Policy, q.Trigger, q.By, q.PlanID, millis(q.Deadline), millis(now), key, encode(orEmpty(q.Lift)), q.Reverts)
		if err != nil {
			return catalog.Run{}, false, err
		}
		var row runRow
		err = t.GetContext(ctx, &row, t.Rebind(open), key)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return catalog.Run{}, false, err
		}
		run, err := row.run()
		if err != nil {
			return catalog.Run{}, false, err
		}
		kind := "run.requested"
		if n == 0 {
			kind = "run.joined"
		}
		detail := map[string]any{"kind": q.Kind, "policy": q.Policy, "trigger": q.Trigger}
		if q.Reverts != "" {
			detail["reverts"] = q.Reverts
		}
		if len(q.Lift) > 0 {
			detail["lifted"], detail["lift_reason"] = q.Lift, q.LiftReason
		}
		if len(scope) <= 2000 {
			detail["scope"] = json.RawMessage(scope)
		}
		return run, n == 0, t.appendEvents(ctx, now, Event{Actor: q.By, Kind: kind, RunID: run.ID, Detail: detail})
	}
	return catalog.Run{}, false, errors.New("runs of this scope keep ending")
}

// scopeKey is the scope in canonical JSON, and the digest under which one run
// is open.
func scopeKey(q RunRequest) (scope, key string, err error) {
	c := q.Scope
	for _, list := range []*[]string{&c.Marketplaces, &c.SKUs, &c.Products, &c.Producers, &c.Communes, &c.Districts, &c.Sets} {
		*list = slices.Compact(slices.Sorted(slices.Values(*list)))
	}
	c.Stars = slices.Compact(slices.Sorted(slices.Values(c.Stars)))
	b, err := json.Marshal(c)
	if err != nil {
		return "", "", err
	}
	lift := strings.Join(slices.Sorted(slices.Values(q.Lift)), " ") // a run that may do more is another one
	sum := sha256.Sum256([]byte(string(q.Kind) + "\n" + string(q.Policy) + "\n" + string(b) + "\n" + lift + "\n" + q.PlanID + "\n" + q.Reverts))
	return string(b), hex.EncodeToString(sum[:16]), nil
}

// GetRun reads a run; ErrNoRun when there is none.
func (s *Store) GetRun(ctx context.Context, id string) (catalog.Run, error) {
	const query = `SELECT ` + runColumns + ` FROM runs WHERE id = ?`
	var row runRow
	if err := s.getRow(ctx, &row, query, id); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return catalog.Run{}, fmt.Errorf("run %s: %w", id, ErrNoRun)
		}
		return catalog.Run{}, fmt.Errorf("read run %s: %w", id, err)
	}
	return row.run()
}

// RunsByID reads these runs; those that are gone are absent.
func (s *Store) RunsByID(ctx context.Context, ids []string) (map[string]catalog.Run, error) {
	const query = `SELECT ` + runColumns + ` FROM runs WHERE id IN (?)`
	out := make(map[string]catalog.Run, len(ids))
	for _, part := range chunk(ids, 1000) {
		var rows []runRow
		if err := s.selectIn(ctx, &rows, query, part); err != nil {
			return nil, fmt.Errorf("read %d runs: %w", len(ids), err)
		}
		runs, err := runsOf(rows)
		if err != nil {
			return nil, err
		}
		for _, run := range runs {
			out[run.ID] = run
		}
	}
	return out, nil
}

// RunFilter narrows ListRuns; empty fields narrow nothing.
type RunFilter struct {
	Kind   catalog.RunKind
	Open   bool   // only those that have not ended
	Before string // id: only older ones
	Limit  int    // default 50
}

// ListRuns reads runs, newest first. The next page is asked for with Before
// set to the last id.
func (s *Store) ListRuns(ctx context.Context, f RunFilter) ([]catalog.Run, error) {
	query := `SELECT ` + runColumns + ` FROM runs WHERE 1 = 1`
	var args []any
	if f.Kind != "" {
		query += " AND kind = ?"
		args = append(args, f.Kind)
	}
	if f.Open {
		query += " AND finished_at = 0"
	}
	if f.Before != "" {
		query += " AND id < ?"
		args = append(args, f.Before)
	}
	query += " ORDER BY id DESC LIMIT ?"
	var rows []runRow
	if err := s.selectRows(ctx, &rows, query, append(args, limitOr(f.Limit, 50))...); err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return runsOf(rows)
}
