package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ActorProgram is the actor of what nobody asked for by hand.
const ActorProgram = "lensan"

// Event is one entry of the audit: who did what to what. It is written once
// and never changed. Detail holds no secret and no personal data.
type Event struct {
	ID          string
	At          time.Time // stamped by the store
	Actor       string    // a person's name; empty is written as ActorProgram
	Kind        string    // run.requested, lane.paused, listing.created, …
	Marketplace string
	SKU         string
	ProductCode string
	RunID       string
	Detail      map[string]any
}

type eventRow struct {
	ID          string `db:"id"`
	At          int64  `db:"at"`
	Actor       string `db:"actor"`
	Kind        string `db:"kind"`
	Marketplace string `db:"marketplace"`
	SKU         string `db:"sku"`
	ProductCode string `db:"product_code"`
	RunID       string `db:"run_id"`
	Detail      string `db:"detail"`
}

func (r eventRow) event() (Event, error) {
	e := Event{
		ID: r.ID, At: fromMillis(r.At), Actor: r.Actor, Kind: r.Kind, Marketplace: r.Marketplace,
		SKU: r.SKU, ProductCode: r.ProductCode, RunID: r.RunID,
	}
	if err := json.Unmarshal([]byte(r.Detail), &e.Detail); err != nil {
		return Event{}, fmt.Errorf("event %s: detail: %w", r.ID, err)
	}
	return e, nil
}

// AppendEvent writes events in one transaction of their own. What changes the
// record writes its event in the same transaction instead.
func (s *Store) AppendEvent(ctx context.Context, events ...Event) error {
	return s.inTx(ctx, func(t *tx) error { return t.appendEvents(ctx, s.Now(), events...) })
}

// appendEvents writes events, set-wise, as having happened at now.
func (t *tx) appendEvents(ctx context.Context, now time.Time, events ...Event) error {
	const head = `INSERT INTO events (id, at, actor, kind, marketplace, sku, product_code, run_id, detail) VALUES `
	base, width := newID("e", now), len(strconv.Itoa(len(events)))
	n := 0
	for _, part := range chunk(events, t.dialect.maxVars/9) {
		args := make([]any, 0, 9*len(part))
		for _, e := range part {
			detail := []byte("{}")
			if len(e.Detail) > 0 {
				var err error
				if detail, err = json.Marshal(e.Detail); err != nil {
					return fmt.Errorf("event %s: detail: %w", e.Kind, err)
				}
			}
			if e.Actor == "" {
				e.Actor = ActorProgram
			}
			args = append(args, fmt.Sprintf("%s%0*d", base, width, n), millis(now), e.Actor, e.Kind, e.Marketplace, e.SKU, e.ProductCode, e.RunID, string(detail))
			n++
		}
		if _, err := t.exec(ctx, head+tuples(len(part), 9), args...); err != nil {
			return fmt.Errorf("append events: %w", err)
		}
	}
	return nil
}

// tuples is "(?,?),(?,?)": rows times columns.
func tuples(rows, columns int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}

// EventFilter narrows ListEvents; empty fields narrow nothing.
type EventFilter struct {
	SKU         string
	ProductCode string
	Marketplace string
	RunID       string
	Actor       string
	Kind        string // a whole kind, or a subject with its dot: "lane."
	Before      string // id: only older ones
	Limit       int    // default 100
}

// ListEvents reads events, newest first. The next page is asked for with
// Before set to the last id.
func (s *Store) ListEvents(ctx context.Context, f EventFilter) ([]Event, error) {
	limit := limitOr(f.Limit, 100)
	kinds := []string{f.Kind}
	if strings.HasSuffix(f.Kind, ".") {
		var err error
		if kinds, err = s.eventKinds(ctx, f.Kind); err != nil {
			return nil, fmt.Errorf("list events: %w", err)
		}
	}
	var rows []eventRow
	for _, kind := range kinds {
		query, args := f.query(kind)
		var part []eventRow
		if err := s.selectRows(ctx, &part, query+" ORDER BY id DESC LIMIT ?", append(args, limit)...); err != nil {
			return nil, fmt.Errorf("list events: %w", err)
		}
		rows = append(rows, part...)
	}
	if len(kinds) > 1 {
		slices.SortFunc(rows, func(a, b eventRow) int { return strings.Compare(b.ID, a.ID) })
		rows = rows[:min(len(rows), limit)]
	}
	events := make([]Event, 0, len(rows))
	for _, r := range rows {
		e, err := r.event()
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// query asks for the events of one kind, or of all with an empty one.
func (f EventFilter) query(kind string) (query string, args []any) {
	query = `SELECT id, at, actor, kind, marketplace, sku, product_code, run_id, detail FROM events WHERE 1 = 1`
	add := func(term, value string) {
		if value != "" {
			query += " AND " + term
			args = append(args, value)
		}
	}
	add("sku = ?", f.SKU)
	add("product_code = ?", f.ProductCode)
	add("marketplace = ?", f.Marketplace)
	add("actor = ?", f.Actor)
	if f.Actor != "" && f.Actor != ActorProgram {
		query += " AND actor <> '" + ActorProgram + "'" // few events are people's: they have an index of their own
	}
	add("kind = ?", kind)
	if kind != "" && f.SKU == "" && f.ProductCode == "" {
		// A run has an event for each listing, and few of any other kind.
		add("run_id || '' = ?", f.RunID)
	} else {
		add("run_id = ?", f.RunID)
	}
	add("id < ?", f.Before)
	return query, args
}

// eventKinds lists the kinds of one subject ("lane.") that have ever occurred.
// Each kind is one step in the index, however many events it has.
func (s *Store) eventKinds(ctx context.Context, family string) ([]string, error) {
	const query = `WITH RECURSIVE k(kind) AS (
  SELECT MIN(kind) FROM events
  UNION ALL
  SELECT (SELECT MIN(e.kind) FROM events e WHERE e.kind > k.kind) FROM k WHERE k.kind IS NOT NULL
) SELECT kind FROM k WHERE kind IS NOT NULL`
	var kinds []string
	if err := s.selectRows(ctx, &kinds, query); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(kinds, func(kind string) bool { return !strings.HasPrefix(kind, family) }), nil
}

func limitOr(n, standard int) int {
	if n <= 0 {
		return standard
	}
	return n
}
