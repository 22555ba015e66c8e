package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"lensan/store/catalog"
)

// SyncRow is one row of the view sync_status (docs/views.md): one marketplace
// and one SKU. Times are UTC milliseconds, 0 never.
type SyncRow struct {
	Marketplace string `db:"marketplace" json:"marketplace"`
	SKU         string `db:"sku" json:"sku"`
	ProductCode string `db:"product_code" json:"product_code"`
	ProductName string `db:"product_name" json:"product_name"`
	Producer    string `db:"producer" json:"producer"`
	Commune     string `db:"commune" json:"commune"`
	District    string `db:"district" json:"district"`
	ProductSet  string `db:"product_set" json:"product_set"`
	Stars       int    `db:"stars" json:"stars"`
	ValidUntil  string `db:"valid_until" json:"valid_until"`
	SyncState   string `db:"sync_state" json:"sync_state"`
	MarketState string `db:"market_state" json:"market_state"`
	ReasonCode  string `db:"reason_code" json:"reason_code"`
	ReasonVI    string `db:"reason_vi" json:"reason_vi"`
	ReasonEN    string `db:"reason_en" json:"reason_en"`
	WhoFixes    string `db:"who_fixes" json:"who_fixes"`
	RemoteID    string `db:"remote_id" json:"remote_id"`
	RemoteURL   string `db:"remote_url" json:"remote_url"`
	AppliedAt   int64  `db:"applied_at" json:"applied_at"`
	SeenAt      int64  `db:"seen_at" json:"seen_at"`
}

// ProductRow is one row of the view product_status: one marketplace and one
// product, with a SKU or without.
type ProductRow struct {
	Marketplace string `db:"marketplace" json:"marketplace"`
	ProductCode string `db:"product_code" json:"product_code"`
	ProductName string `db:"product_name" json:"product_name"`
	Producer    string `db:"producer" json:"producer"`
	Commune     string `db:"commune" json:"commune"`
	District    string `db:"district" json:"district"`
	ProductSet  string `db:"product_set" json:"product_set"`
	Stars       int    `db:"stars" json:"stars"`
	ValidUntil  string `db:"valid_until" json:"valid_until"`
	SyncState   string `db:"sync_state" json:"sync_state"`
	MarketState string `db:"market_state" json:"market_state"`
	ReasonCode  string `db:"reason_code" json:"reason_code"`
	ReasonVI    string `db:"reason_vi" json:"reason_vi"`
	ReasonEN    string `db:"reason_en" json:"reason_en"`
	WhoFixes    string `db:"who_fixes" json:"who_fixes"`
	RemoteID    string `db:"remote_id" json:"remote_id"`
	RemoteURL   string `db:"remote_url" json:"remote_url"`
	AppliedAt   int64  `db:"applied_at" json:"applied_at"`
	SeenAt      int64  `db:"seen_at" json:"seen_at"`
	SKUs        int    `db:"skus" json:"skus"`
	SKUsLive    int    `db:"skus_live" json:"skus_live"`
}

// Partial tells whether some of the product's SKUs are live and some are not.
func (r ProductRow) Partial() bool { return r.SKUsLive > 0 && r.SKUsLive < r.SKUs }

// RunRow is one row of the view run_status. Scope is the JSON of a
// catalog.Scope, State a catalog.RunState.
type RunRow struct {
	RunID       string `db:"run_id" json:"run_id"`
	Kind        string `db:"kind" json:"kind"`
	Scope       string `db:"scope" json:"scope"`
	Policy      string `db:"policy" json:"policy"`
	Trigger     string `db:"trigger" json:"trigger"`
	RequestedBy string `db:"requested_by" json:"requested_by"`
	State       string `db:"state" json:"state"`
	CreatedAt   int64  `db:"created_at" json:"created_at"`
	StartedAt   int64  `db:"started_at" json:"started_at"`
	FinishedAt  int64  `db:"finished_at" json:"finished_at"`
	Planned     int    `db:"planned" json:"planned"`
	Applied     int    `db:"applied" json:"applied"`
	Failed      int    `db:"failed" json:"failed"`
	LeftOut     int    `db:"left_out" json:"left_out"`
	Reason      string `db:"reason" json:"reason"`
}

// CoverageRow is one row of the view coverage: counts of products for one
// value of one dimension on one marketplace, or on "both".
type CoverageRow struct {
	Marketplace         string  `db:"marketplace" json:"marketplace"`
	Dimension           string  `db:"dimension" json:"dimension"`
	Value               string  `db:"value" json:"value"`
	Recognised          int     `db:"recognised" json:"recognised"`
	Eligible            int     `db:"eligible" json:"eligible"`
	Listable            int     `db:"listable" json:"listable"`
	Live                int     `db:"live" json:"live"`
	ShareLiveOfEligible float64 `db:"share_live_of_eligible" json:"share_live_of_eligible"`
	ShareLiveOfListable float64 `db:"share_live_of_listable" json:"share_live_of_listable"`
}

// Page is one step of keyset paging: After is the cursor that the page before
// returned, empty for the first; Limit is at most 2,000, 0 means 100.
type Page struct {
	After string
	Limit int
}

// ErrCursor says that a cursor was not made by the call it was given to.
var ErrCursor = errors.New("unknown cursor")

func (p Page) limit() int {
	if p.Limit <= 0 {
		return 100
	}
	return min(p.Limit, 2000)
}

// key reads the n parts of the cursor; nil for the first page.
func (p Page) key(n int) ([]string, error) {
	if p.After == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.After)
	if err != nil {
		return nil, ErrCursor
	}
	var parts []string
	if json.Unmarshal(raw, &parts) != nil || len(parts) != n {
		return nil, ErrCursor
	}
	return parts, nil
}

func cursor(parts ...string) string {
	raw, _ := json.Marshal(parts) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(raw)
}

const syncColumns = `v.marketplace, v.sku, v.product_code, v.product_name, v.producer, v.commune, v.district,
  v.product_set, v.stars, v.valid_until, v.sync_state, v.market_state, v.reason_code, v.reason_vi, v.reason_en,
  v.who_fixes, v.remote_id, v.remote_url, v.applied_at, v.seen_at`

// SyncStatus returns one page of sync_status in the order (sku, marketplace),
// and the cursor of the next page, empty at the end.
func (s *Store) SyncStatus(ctx context.Context, f Filter, p Page) (rows []SyncRow, next string, err error) {
	key, err := p.key(2)
	if err != nil {
		return nil, "", err
	}
	where, args := f.where(true)
	if key != nil {
		where = append(where, "(v.sku > ? OR (v.sku = ? AND v.marketplace > ?))")
		args = append(args, key[0], key[0], key[1])
	}
	query := "SELECT " + syncColumns + " FROM sync_status v" + whereClause(where) + " ORDER BY v.sku, v.marketplace LIMIT ?"
	if err := s.selectIn(ctx, &rows, query, append(args, p.limit()+1)...); err != nil {
		return nil, "", fmt.Errorf("read sync_status: %w", err)
	}
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		last := rows[len(rows)-1]
		next = cursor(last.SKU, last.Marketplace)
	}
	return rows, next, nil
}

// AllSyncStatus gives every row of sync_status that the filter lets through,
// page by page, so that a table of any size can be written out. An error is
// the last thing it yields.
func (s *Store) AllSyncStatus(ctx context.Context, f Filter) iter.Seq2[SyncRow, error] {
	return allPages(func(p Page) ([]SyncRow, string, error) { return s.SyncStatus(ctx, f, p) })
}

// ProductStatus returns one page of product_status in the order
// (product_code, marketplace), and the cursor of the next page.
func (s *Store) ProductStatus(ctx context.Context, f Filter, p Page) (rows []ProductRow, next string, err error) {
	key, err := p.key(2)
	if err != nil {
		return nil, "", err
	}
	// The view ranks the SKUs of every product that it is asked about, so it is
	// asked about some hundred products at a time.
	from, inclusive := "", true
	if key != nil {
		from = key[0]
	}
	for len(rows) <= p.limit() {
		codes, err := s.productCodes(ctx, f, from, inclusive, min(max(p.limit(), 50), 1000))
		if err != nil {
			return nil, "", err
		}
		if len(codes) == 0 {
			break
		}
		part, err := s.productRows(ctx, f, codes, key, p.limit()+1-len(rows))
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, part...)
		from, inclusive, key = codes[len(codes)-1], false, nil
	}
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		last := rows[len(rows)-1]
		next = cursor(last.ProductCode, last.Marketplace)
	}
	return rows, next, nil
}

// ProductCode is the product at which a page of ProductStatus begins; empty
// for the first. ErrCursor.
func (p Page) ProductCode() (string, error) {
	key, err := p.key(2)
	if err != nil || key == nil {
		return "", err
	}
	return key[0], nil
}

// ProductCursor is the cursor of the page of ProductStatus after a row.
func ProductCursor(r ProductRow) string { return cursor(r.ProductCode, r.Marketplace) }

// productCodes are the next products of the register that the filter may let
// through.
func (s *Store) productCodes(ctx context.Context, f Filter, from string, inclusive bool, limit int) ([]string, error) {
	after := "v.code > ?"
	if inclusive {
		after = "v.code >= ?"
	}
	where, args := []string{after}, []any{from}
	if len(f.Products) > 0 {
		where, args = append(where, "v.code IN (?)"), append(args, f.Products)
	}
	if len(f.Sets) > 0 {
		where, args = append(where, "v.product_set IN (?)"), append(args, f.Sets)
	}
	if len(f.Communes) > 0 {
		where, args = append(where, "(v.commune_code IN (?) OR v.commune_name IN (?))"), append(args, f.Communes, f.Communes)
	}
	var codes []string
	query := "SELECT v.code FROM products v" + whereClause(where) + " ORDER BY v.code LIMIT ?"
	if err := s.selectIn(ctx, &codes, query, append(args, limit)...); err != nil {
		return nil, fmt.Errorf("read product codes: %w", err)
	}
	return codes, nil
}

func (s *Store) productRows(ctx context.Context, f Filter, codes, key []string, limit int) ([]ProductRow, error) {
	where, args := f.where(false)
	where, args = append(where, "v.product_code IN (?)"), append(args, codes)
	if key != nil {
		where = append(where, "(v.product_code > ? OR (v.product_code = ? AND v.marketplace > ?))")
		args = append(args, key[0], key[0], key[1])
	}
	query := `SELECT v.marketplace, v.product_code, v.product_name, v.producer, v.commune, v.district, v.product_set,
  v.stars, v.valid_until, v.sync_state, v.market_state, v.reason_code, v.reason_vi, v.reason_en, v.who_fixes,
  v.remote_id, v.remote_url, v.applied_at, v.seen_at, v.skus, v.skus_live FROM product_status v` +
		whereClause(where) + " ORDER BY v.product_code, v.marketplace LIMIT ?"
	var rows []ProductRow
	if err := s.selectIn(ctx, &rows, query, append(args, limit)...); err != nil {
		return nil, fmt.Errorf("read product_status: %w", err)
	}
	return rows, nil
}

// AllProductStatus gives every row of product_status that the filter lets
// through. An error is the last thing it yields.
func (s *Store) AllProductStatus(ctx context.Context, f Filter) iter.Seq2[ProductRow, error] {
	return allPages(func(p Page) ([]ProductRow, string, error) { return s.ProductStatus(ctx, f, p) })
}

// RunStatus returns one page of run_status, the newest first, and the cursor
// of the next page. ids narrows it to those runs where given.
func (s *Store) RunStatus(ctx context.Context, p Page, ids ...string) (rows []RunRow, next string, err error) {
	key, err := p.key(1)
	if err != nil {
		return nil, "", err
	}
	var where []string
	var args []any
	if key != nil {
		where, args = append(where, "id < ?"), append(args, key[0])
	}
	if len(ids) > 0 {
		where, args = append(where, "id IN (?)"), append(args, ids)
	}
	var found []string
	if err := s.selectIn(ctx, &found, "SELECT id FROM runs"+whereClause(where)+" ORDER BY id DESC LIMIT ?", append(args, p.limit()+1)...); err != nil {
		return nil, "", fmt.Errorf("read runs: %w", err)
	}
	if rows, err = s.runRows(ctx, found); err != nil {
		return nil, "", err
	}
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		next = cursor(rows[len(rows)-1].RunID)
	}
	return rows, next, nil
}

// runRows reads these runs, the newest first. A run that has ended does not
// change, so its items are counted once.
func (s *Store) runRows(ctx context.Context, ids []string) ([]RunRow, error) {
	const query = `SELECT v.run_id, v.kind, v.scope, v.policy, v.trigger, v.requested_by, v.state, v.created_at, v.started_at,
  v.finished_at, v.planned, v.applied, v.failed, v.left_out, v.reason FROM run_status v WHERE v.run_id IN (?)`
	at := make(map[string]RunRow, len(ids))
	var unknown []string
	for _, id := range ids {
		if row, ok := s.ended.get(id); ok {
			at[id] = row
		} else {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) > 0 {
		var rows []RunRow
		if err := s.selectIn(ctx, &rows, query, unknown); err != nil {
			return nil, fmt.Errorf("read run_status: %w", err)
		}
		for _, r := range rows {
			at[r.RunID] = r
			if r.FinishedAt > 0 {
				s.ended.put(r)
			}
		}
	}
	rows := make([]RunRow, 0, len(ids))
	for _, id := range ids {
		if r, ok := at[id]; ok {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// Coverage returns the rows of the view coverage for the dimensions given, all
// of them where none is.
func (s *Store) Coverage(ctx context.Context, dimensions ...string) ([]CoverageRow, error) {
	query := `SELECT v.marketplace, v.dimension, v.value, v.recognised, v.eligible, v.listable, v.live,
  v.share_live_of_eligible, v.share_live_of_listable FROM coverage v`
	var args []any
	if len(dimensions) > 0 {
		query, args = query+" WHERE v.dimension IN (?)", append(args, dimensions)
	}
	var rows []CoverageRow
	if err := s.selectIn(ctx, &rows, query+" ORDER BY v.dimension, v.value, v.marketplace", args...); err != nil {
		return nil, fmt.Errorf("read coverage: %w", err)
	}
	return rows, nil
}

// SettingToday names the settings row that fixes the day of the views (a
// catalog.Day); without it the day is today's in Vietnam.
const SettingToday = "today"

// SetToday fixes the day that the views count by, or frees it with an empty
// day. It must be the same day that the planner asks about.
func (s *Store) SetToday(ctx context.Context, day catalog.Day) error {
	const query = `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, query, SettingToday, string(day))
		return err
	})
}

func whereClause(terms []string) string {
	if len(terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(terms, " AND ")
}

func allPages[T any](page func(Page) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		p := Page{Limit: 2000}
		for {
			rows, next, err := page(p)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			p.After = next
		}
	}
}
