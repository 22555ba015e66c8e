package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lensan/store/catalog"
)

// ErrOtherAccount says that a lane points at another account than the one its
// listings live in (promise 13).
var ErrOtherAccount = errors.New("the lane's listings live in another account")

// OtherAccountError names both accounts. It is ErrOtherAccount.
type OtherAccountError struct {
	Marketplace          string
	HaveURL, HaveAccount string // on record
	WantURL, WantAccount string // as configured
}

// Error names the lane and both accounts; neither holds a secret.
func (e *OtherAccountError) Error() string {
	return fmt.Sprintf("%s: configured for account %s at %s, but the listings on record live in account %s at %s",
		e.Marketplace, e.WantAccount, e.WantURL, e.HaveAccount, e.HaveURL)
}

// Is tells that e is ErrOtherAccount.
func (e *OtherAccountError) Is(target error) bool { return target == ErrOtherAccount }

// Lane is one marketplace account on record, and its breaker.
type Lane struct {
	Marketplace string
	BaseURL     string
	Account     string
	Sandbox     bool
	FirstSeenAt time.Time
	ReadWholeAt time.Time // when the last complete reading began
	ReadError   string    // reason code of a later reading that failed

	PausedUntil time.Time // zero: open; NeverResumes: until resumed by hand
	PausedSince time.Time
	PauseReason string // reason code
	PausedBy    string // a person; empty: the program
	ProbeNeeded bool   // opens when a probe succeeds, not by time alone
	Trips       int    // failures in a row
	ResumedAt   time.Time
}

// NeverResumes is the PausedUntil of a lane that waits for a person.
var NeverResumes = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// IsPaused tells whether nothing is handed out on the lane at this moment.
func (l Lane) IsPaused(now time.Time) bool {
	return !l.PausedUntil.IsZero() && (l.ProbeNeeded || l.PausedUntil.After(now))
}

const laneColumns = `marketplace, base_url, account, sandbox, first_seen_at, read_whole_at, read_error,
	paused_until, paused_since, pause_reason, paused_by, probe_needed, trips, resumed_at`

type laneRow struct {
	Marketplace string `db:"marketplace"`
	BaseURL     string `db:"base_url"`
	Account     string `db:"account"`
	Sandbox     bool   `db:"sandbox"`
	FirstSeenAt int64  `db:"first_seen_at"`
	ReadWholeAt int64  `db:"read_whole_at"`
	ReadError   string `db:"read_error"`
	PausedUntil int64  `db:"paused_until"`
	PausedSince int64  `db:"paused_since"`
	PauseReason string `db:"pause_reason"`
	PausedBy    string `db:"paused_by"`
	ProbeNeeded bool   `db:"probe_needed"`
	Trips       int    `db:"trips"`
	ResumedAt   int64  `db:"resumed_at"`
}

func (r laneRow) lane() Lane {
	return Lane{
		Marketplace: r.Marketplace, BaseURL: r.BaseURL, Account: r.Account, Sandbox: r.Sandbox, FirstSeenAt: fromMillis(r.FirstSeenAt),
		ReadWholeAt: fromMillis(r.ReadWholeAt), ReadError: r.ReadError,
		PausedUntil: fromMillis(r.PausedUntil), PausedSince: fromMillis(r.PausedSince), PauseReason: r.PauseReason, PausedBy: r.PausedBy,
		ProbeNeeded: r.ProbeNeeded, Trips: r.Trips, ResumedAt: fromMillis(r.ResumedAt),
	}
}

// EnsureAccount records the account of a lane the first time it is seen, and
// refuses another one ever after with an *OtherAccountError. A sandbox may
// move to another address; it never becomes a real marketplace, nor the
// reverse.
func (s *Store) EnsureAccount(ctx context.Context, marketplace, baseURL, account string, sandbox bool) error {
	const insert = `INSERT INTO accounts (marketplace, base_url, account, sandbox, first_seen_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (marketplace) DO NOTHING`
	const move = `UPDATE accounts SET base_url = ? WHERE marketplace = ? AND sandbox AND base_url <> ?`
	const read = `SELECT ` + laneColumns + ` FROM accounts WHERE marketplace = ?`
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		n, err := t.exec(ctx, insert, marketplace, baseURL, account, sandbox, millis(now))
		if err != nil {
			return err
		}
		if n == 1 {
			return t.appendEvents(ctx, now, Event{Kind: "lane.account", Marketplace: marketplace,
				Detail: map[string]any{"base_url": baseURL, "account": account, "sandbox": sandbox}})
		}
		var have laneRow
		if err := t.GetContext(ctx, &have, t.Rebind(read), marketplace); err != nil {
			return err
		}
		if have.Account != account || have.Sandbox != sandbox || (!sandbox && have.BaseURL != baseURL) {
			return &OtherAccountError{Marketplace: marketplace, HaveURL: have.BaseURL, HaveAccount: have.Account, WantURL: baseURL, WantAccount: account}
		}
		_, err = t.exec(ctx, move, baseURL, marketplace, baseURL)
		return err
	})
	if err != nil {
		return fmt.Errorf("account: %w", err)
	}
	return nil
}

// Lanes lists the accounts on record, by name.
func (s *Store) Lanes(ctx context.Context) ([]Lane, error) {
	const query = `SELECT ` + laneColumns + ` FROM accounts ORDER BY marketplace`
	var rows []laneRow
	if err := s.selectRows(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("list lanes: %w", err)
	}
	lanes := make([]Lane, 0, len(rows))
	for _, r := range rows {
		lanes = append(lanes, r.lane())
	}
	return lanes, nil
}

// LaneRead records how a reading of the whole lane that began at began went:
// whole with an empty reason, else the reason code.
func (s *Store) LaneRead(ctx context.Context, marketplace string, began time.Time, reason string) error {
	query, args := `UPDATE accounts SET read_whole_at = ?, read_error = '' WHERE marketplace = ? AND read_whole_at < ?`, []any{millis(began), marketplace, millis(began)}
	if reason != "" {
		query, args = `UPDATE accounts SET read_error = ? WHERE marketplace = ?`, []any{reason, marketplace}
	}
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), args...); err != nil {
		return fmt.Errorf("record reading of %s: %w", marketplace, err)
	}
	return nil
}

// LaneLoad is how much of one queue of a lane waits.
type LaneLoad struct {
	Marketplace string        `db:"marketplace"`
	Queue       catalog.Queue `db:"lane_queue"`
	Due         int           `db:"due"`     // waiting and due
	Later       int           `db:"later"`   // waiting for their time
	Batched     int           `db:"batched"` // in workers' hands or in the queue
	OldestDue   int64         `db:"oldest"`  // UTC milliseconds; 0: none waits
}

// LaneLoads counts the open items by lane and queue.
func (s *Store) LaneLoads(ctx context.Context) ([]LaneLoad, error) {
	// Each part by an index that has no more than it, so that the items that
	// have ended, most of all, are not read.
	const query = `SELECT marketplace, lane_queue, SUM(due) AS due, SUM(later) AS later, SUM(batched) AS batched, MAX(oldest) AS oldest FROM (
		SELECT marketplace, lane_queue, count(*) FILTER (WHERE due_at <= ?) AS due, count(*) FILTER (WHERE due_at > ?) AS later, 0 AS batched, min(due_at) AS oldest
		FROM items WHERE state = 'waiting' GROUP BY marketplace, lane_queue
		UNION ALL
		SELECT marketplace, lane_queue, 0, 0, count(*), 0 FROM items WHERE state = 'batched' GROUP BY marketplace, lane_queue) AS part
		GROUP BY marketplace, lane_queue ORDER BY marketplace, lane_queue`
	now := s.nowMillis()
	var loads []LaneLoad
	if err := s.selectRows(ctx, &loads, query, now, now); err != nil {
		return nil, fmt.Errorf("count open items: %w", err)
	}
	return loads, nil
}
