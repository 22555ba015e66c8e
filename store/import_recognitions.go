package store

import (
	"context"
	"fmt"

	"lensan/store/catalog"
)

type recognitionRow struct {
	ProductCode string `db:"product_code"`
	Authority   string `db:"authority"`
	Number      string `db:"number"`
	DecidedOn   string `db:"decided_on"`
	Stars       int    `db:"stars"`
	ValidUntil  string `db:"valid_until"`
	Revoked     bool   `db:"revoked"`
	Doubts      string `db:"doubts"`
	Note        string `db:"note"`
	ImportID    string `db:"import_id"`
	CreatedAt   int64  `db:"created_at"`
	UpdatedAt   int64  `db:"updated_at"`
}

type identity struct{ authority, number, decidedOn string }

func (r recognitionRow) identity() identity { return identity{r.Authority, r.Number, r.DecidedOn} }

func (r recognitionRow) content() recognitionRow {
	r.ImportID, r.CreatedAt, r.UpdatedAt = "", 0, 0
	return r
}

func (r recognitionRow) recognition() (catalog.Recognition, error) {
	doubts, err := fromJSON[[]string](r.Doubts)
	return catalog.Recognition{
		ProductCode: r.ProductCode, Stars: r.Stars, Authority: r.Authority, Number: r.Number, Date: catalog.Day(r.DecidedOn),
		ValidUntil: catalog.Day(r.ValidUntil), Revoked: r.Revoked, Doubts: doubts, Note: r.Note,
	}, err
}

// history is the recognitions of one product: before, by their identities, and
// as an import leaves them.
type history struct {
	before map[identity]recognitionRow
	now    []recognitionRow
	read   map[int]bool // those of now that the import has spoken of
}

// take merges one recognition. The same identity is the same recognition; a
// blank part of one meets a part of the other that is known, where the stars
// don't speak against it, so that filling in a date mends a recognition and
// does not make a second one.
// contradicts is true, and nothing taken, when an import gives one recognition
// two numbers of stars.
func (h *history) take(m *merge, r catalog.Recognition) (contradicts bool, err error) {
	if r.Stars == 0 && !r.Revoked && r.Number == "" && r.Date == "" && r.Authority == "" {
		return false, nil // the row says nothing of a decision
	}
	doubts, err := toJSON(append([]string{}, r.Doubts...))
	if err != nil {
		return false, err
	}
	row := recognitionRow{
		ProductCode: r.ProductCode, Authority: r.Authority, Number: r.Number, DecidedOn: string(r.Date), Stars: r.Stars,
		ValidUntil: string(r.ValidUntil), Revoked: r.Revoked, Doubts: doubts, Note: r.Note, CreatedAt: m.now,
	}
	at := h.find(row)
	if at < 0 {
		h.now = append(h.now, row)
		h.mark(len(h.now) - 1)
		return false, nil
	}
	have := &h.now[at]
	if h.read[at] && row.Stars != 0 && have.Stars != 0 && row.Stars != have.Stars {
		return true, nil
	}
	h.mark(at)
	keep(&row.Authority, have.Authority)
	keep(&row.Number, have.Number)
	keep(&row.DecidedOn, have.DecidedOn)
	keep(&row.ValidUntil, have.ValidUntil)
	if row.Stars == 0 {
		row.Stars = have.Stars // an unreadable star replaces nothing
	}
	if row.Note == "" {
		row.Note, row.Revoked = have.Note, row.Revoked || have.Revoked
	}
	row.CreatedAt, row.ImportID, row.UpdatedAt = have.CreatedAt, have.ImportID, have.UpdatedAt
	*have = row
	return false, nil
}

func (h *history) mark(i int) {
	if h.read == nil {
		h.read = map[int]bool{}
	}
	h.read[i] = true
}

// find gives the index of the recognition that row is: the one of the same
// identity, else the only one that differs in blanks alone. -1: none.
func (h *history) find(row recognitionRow) int {
	found := -1
	for i, have := range h.now {
		if have.identity() == row.identity() {
			return i
		}
		if have.alike(row) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

func (r recognitionRow) alike(o recognitionRow) bool {
	meets := func(a, b string) bool { return a == b || a == "" || b == "" }
	return meets(r.Authority, o.Authority) && meets(r.Number, o.Number) && meets(r.DecidedOn, o.DecidedOn) &&
		(r.Stars == o.Stars || r.Stars == 0 || o.Stars == 0)
}

func (m *merge) loadRecognitions(ctx context.Context, p *productPage) error {
	var rows []recognitionRow
	const query = `
SELECT product_code, authority, number, decided_on, stars, valid_until, revoked, doubts, note, import_id, created_at, updated_at
FROM recognitions WHERE product_code IN (?) ORDER BY product_code, decided_on, number, authority`
	if err := m.tx.selectIn(ctx, &rows, query, p.codes); err != nil {
		return err
	}
	for _, r := range rows {
		h := p.history[r.ProductCode]
		if h.before == nil {
			h.before = map[identity]recognitionRow{}
		}
		h.before[r.identity()] = r
		h.now = append(h.now, r)
	}
	return m.loadStanding(ctx, p)
}

// saveRecognitions writes what has changed and which recognition now counts.
func (p *productPage) saveRecognitions(ctx context.Context, m *merge) error {
	var changed, gone []recognitionRow
	c := &m.report.Counts.Recognitions
	var standing []standingRow
	for _, code := range p.codes {
		h := p.history[code]
		c.Read += len(h.read)
		left := map[identity]bool{}
		for i, r := range h.now {
			left[r.identity()] = true
			before, known := h.before[r.identity()]
			switch {
			case known && r.content() == before.content():
				if h.read[i] {
					c.Unchanged++
				}
				continue
			case known, r.ImportID != "":
				c.Changed++ // r.ImportID: its identity was completed
			default:
				c.Added++
			}
			r.ImportID, r.UpdatedAt = m.report.ID, m.now
			changed = append(changed, r)
		}
		for id, r := range h.before {
			if !left[id] {
				gone = append(gone, r)
			}
		}
		s, err := h.standing(code)
		if err != nil {
			return err
		}
		if s.Stars >= catalog.MinStars && !s.Revoked {
			m.report.Counts.ThreeStars++
		}
		if before, known := p.standing[code]; !known || before.content() != s {
			m.hits.standing(before, s, p.now[code].Name)
			s.UpdatedAt = m.now
			standing = append(standing, s)
		}
	}
	for _, r := range gone {
		const remove = `DELETE FROM recognitions WHERE product_code = ? AND authority = ? AND number = ? AND decided_on = ?`
		if _, err := m.tx.exec(ctx, remove, r.ProductCode, r.Authority, r.Number, r.DecidedOn); err != nil {
			return err
		}
	}
	const upsert = `
INSERT INTO recognitions (product_code, authority, number, decided_on, stars, valid_until, revoked, doubts, note, import_id, created_at, updated_at)
VALUES (:product_code, :authority, :number, :decided_on, :stars, :valid_until, :revoked, :doubts, :note, :import_id, :created_at, :updated_at)
ON CONFLICT (product_code, authority, number, decided_on) DO UPDATE SET stars = excluded.stars, valid_until = excluded.valid_until,
  revoked = excluded.revoked, doubts = excluded.doubts, note = excluded.note, import_id = excluded.import_id, updated_at = excluded.updated_at`
	if err := named(ctx, m.tx, upsert, changed); err != nil {
		return fmt.Errorf("recognitions: %w", err)
	}
	return m.saveStanding(ctx, standing)
}

type standingRow struct {
	ProductCode string `db:"product_code"`
	Stars       int    `db:"stars"`
	Authority   string `db:"authority"`
	Number      string `db:"number"`
	DecidedOn   string `db:"decided_on"`
	ValidUntil  string `db:"valid_until"`
	Derived     bool   `db:"derived"`
	Revoked     bool   `db:"revoked"`
	Ordered     bool   `db:"ordered"`
	UpdatedAt   int64  `db:"updated_at"`
}

func (s standingRow) content() standingRow {
	s.UpdatedAt = 0
	return s
}

// standing is the recognition that counts.
func (h *history) standing(code string) (standingRow, error) {
	all := make([]catalog.Recognition, len(h.now))
	for i, r := range h.now {
		var err error
		if all[i], err = r.recognition(); err != nil {
			return standingRow{}, err
		}
	}
	current, _, ordered := catalog.Current(all)
	last, derived := current.LastDay()
	return standingRow{
		ProductCode: code, Stars: current.Stars, Authority: current.Authority, Number: current.Number, DecidedOn: string(current.Date),
		ValidUntil: string(last), Derived: derived, Revoked: current.Revoked, Ordered: ordered,
	}, nil
}

const standingColumns = `product_code, stars, authority, number, decided_on, valid_until, derived, revoked, ordered, updated_at`

func (m *merge) loadStanding(ctx context.Context, p *productPage) error {
	var rows []standingRow
	if err := m.tx.selectIn(ctx, &rows, `SELECT `+standingColumns+` FROM product_current WHERE product_code IN (?)`, p.codes); err != nil {
		return err
	}
	for _, r := range rows {
		p.standing[r.ProductCode] = r
	}
	return nil
}

func (m *merge) saveStanding(ctx context.Context, rows []standingRow) error {
	const upsert = `
INSERT INTO product_current (` + standingColumns + `)
VALUES (:product_code, :stars, :authority, :number, :decided_on, :valid_until, :derived, :revoked, :ordered, :updated_at)
ON CONFLICT (product_code) DO UPDATE SET stars = excluded.stars, authority = excluded.authority, number = excluded.number,
  decided_on = excluded.decided_on, valid_until = excluded.valid_until, derived = excluded.derived, revoked = excluded.revoked,
  ordered = excluded.ordered, updated_at = excluded.updated_at`
	if err := named(ctx, m.tx, upsert, rows); err != nil {
		return fmt.Errorf("standing of products: %w", err)
	}
	return nil
}
