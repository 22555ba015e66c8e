package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"lensan/store/catalog"
)

// ImportLimits are what an import may do before a person must confirm it.
// Each share comes with a least number below which it never holds anything.
type ImportLimits struct {
	// FewerRows holds a register with less than this share of the rows, or of
	// the products of 3 stars or better, of the last accepted one. Default 0.8.
	FewerRows float64
	// Lost holds when more than this share of the products known and read, or
	// of those in the declared scope, lose their stars, are revoked or are
	// missing. Default 0.05, at least 5.
	Lost      float64
	LeastLost int
	// Prices holds when more than this share of the prices known and read fall
	// by more than half or grow tenfold. Default 0.05, at least 5.
	Prices      float64
	LeastPrices int
	// Changed holds when more than this share of the products known and read
	// change their name, producer, place, set or what is said of them.
	// Default 0.5, at least 20.
	Changed      float64
	LeastChanged int
	// Blanked holds when more than this share of the products known and read
	// lose a field. Default 0.2, at least 10.
	Blanked      float64
	LeastBlanked int
}

// DefaultImportLimits are the limits where no others are given.
var DefaultImportLimits = ImportLimits{
	FewerRows: 0.8, Lost: 0.05, LeastLost: 5, Prices: 0.05, LeastPrices: 5,
	Changed: 0.5, LeastChanged: 20, Blanked: 0.2, LeastBlanked: 10,
}

// Watermark is how much the last accepted whole register held.
type Watermark struct {
	Rows       int `json:"rows"`
	ThreeStars int `json:"three_stars"`
}

// hits gathers what an import does to what was known, and the products that it
// hits hardest. It keeps ten times as many as are shown, never all.
type hits struct {
	known, inScope              int // products known before: read again, in the declared scope
	knownSKUs, pricesKnown      int
	lost, changed, blanked      int
	prices                      int
	byProduct                   map[string]*ProductHit
	countedChange, countedBlank map[string]bool
}

const (
	hardestShown = 10
	hardestKept  = 2000
)

func newHits() *hits {
	return &hits{byProduct: map[string]*ProductHit{}, countedChange: map[string]bool{}, countedBlank: map[string]bool{}}
}

func (h *hits) add(code, name string, score int, r catalog.Reason) {
	p := h.byProduct[code]
	if p == nil {
		if len(h.byProduct) >= hardestKept {
			h.forgetMildest()
		}
		p = &ProductHit{ProductCode: code, Name: name}
		h.byProduct[code] = p
	}
	keep(&p.Name, name)
	p.score += score
	if len(p.What) < 8 {
		p.What = append(p.What, r)
	}
}

func (h *hits) forgetMildest() {
	all := h.sorted()
	for _, p := range all[len(all)/2:] {
		delete(h.byProduct, p.ProductCode)
	}
}

func (h *hits) sorted() []ProductHit {
	out := make([]ProductHit, 0, len(h.byProduct))
	for _, p := range h.byProduct {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b ProductHit) int {
		return cmp.Or(b.score-a.score, cmp.Compare(a.ProductCode, b.ProductCode))
	})
	return out
}

func hit(code string, args ...string) catalog.Reason {
	r := catalog.Reason{Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if r.Args == nil {
			r.Args = map[string]string{}
		}
		r.Args[args[i]] = args[i+1]
	}
	return r
}

func (h *hits) product(before, now productRow, erased int) {
	for _, f := range []struct{ field, before, now string }{
		{catalog.CellName, before.Name, now.Name}, {catalog.CellProducer, before.ProducerRef, now.ProducerRef},
		{catalog.CellCommune, before.CommuneCode, now.CommuneCode}, {catalog.CellProductSet, before.ProductSet, now.ProductSet},
	} {
		if f.before != "" && f.now != "" && f.before != f.now {
			h.change(now.Code, now.Name, f.field)
		}
	}
	h.blank(now.Code, now.Name, erased)
}

func (h *hits) change(code, name, field string) {
	if !h.countedChange[code] {
		h.countedChange[code] = true
		h.changed++
	}
	h.add(code, name, 3, hit("hit.changed_"+field))
}

func (h *hits) blank(code, name string, erased int) {
	if erased == 0 {
		return
	}
	if !h.countedBlank[code] {
		h.countedBlank[code] = true
		h.blanked++
	}
	h.add(code, name, 5*erased, hit("hit.blanked", "n", strconv.Itoa(erased)))
}

// standing counts products that were awarded and no longer are.
func (h *hits) standing(before, now standingRow, name string) {
	if before.Stars < catalog.MinStars || before.Revoked || (now.Stars >= catalog.MinStars && !now.Revoked) {
		return
	}
	h.lost++
	what := hit("hit.stars_lost", "have", strconv.Itoa(before.Stars), "now", strconv.Itoa(now.Stars))
	if now.Revoked {
		what = hit("hit.revoked")
	}
	h.add(now.ProductCode, name, 100, what)
}

func (h *hits) price(product string, sku string, before, now int64) {
	h.pricesKnown++
	if now*2 >= before && now < before*10 {
		return
	}
	h.prices++
	h.add(product, "", 20, hit("hit.price", "sku", sku, "have", catalog.ShownMoney(before), "now", catalog.ShownMoney(now)))
}

// judge decides whether the import must be confirmed by a person.
func (m *merge) judge(ctx context.Context) error {
	l, h := m.opts.Limits, m.hits
	var held []catalog.Reason
	if m.replaces == "" {
		fewer, err := m.watermark(ctx)
		if err != nil {
			return err
		}
		held = append(held, fewer...)
		for _, c := range []struct {
			code  string
			n, of int
			share float64
			least int
		}{
			{"import.loses", h.lost, max(h.known, h.inScope), l.Lost, l.LeastLost},
			{"import.prices", h.prices, h.pricesKnown, l.Prices, l.LeastPrices},
			{"import.changes", h.changed, max(h.known, 1), l.Changed, l.LeastChanged},
			{"import.blanks", h.blanked, max(h.known, 1), l.Blanked, l.LeastBlanked},
		} {
			if c.n > max(c.least, int(float64(c.of)*c.share)) {
				held = append(held, hit(c.code, "n", strconv.Itoa(c.n), "of", strconv.Itoa(c.of)))
			}
		}
	}
	canaries, err := m.canaries(ctx)
	if err != nil {
		return err
	}
	m.report.Held = append(held, canaries...)
	if len(m.report.Held) == 0 {
		return nil
	}
	m.report.State = ImportHeld
	m.report.Hardest = h.sorted()
	m.report.Hardest = m.report.Hardest[:min(len(m.report.Hardest), hardestShown)]
	return m.nameHardest(ctx)
}

// watermark compares a whole register with the last accepted one.
func (m *merge) watermark(ctx context.Context) ([]catalog.Reason, error) {
	if !m.hasRows || m.opts.Partial || (m.opts.Complete != nil && !m.opts.Complete.IsAll()) {
		return nil, nil
	}
	last, err := lastWatermark(ctx, m.tx)
	if err != nil {
		return nil, err
	}
	var held []catalog.Reason
	c := m.report.Counts
	if float64(c.RegisterRows) < float64(last.Rows)*m.opts.Limits.FewerRows {
		held = append(held, hit("import.fewer_rows", "have", strconv.Itoa(c.RegisterRows), "last", strconv.Itoa(last.Rows)))
	}
	if float64(c.ThreeStars) < float64(last.ThreeStars)*m.opts.Limits.FewerRows {
		held = append(held, hit("import.fewer_three_stars", "have", strconv.Itoa(c.ThreeStars), "last", strconv.Itoa(last.ThreeStars)))
	}
	return held, nil
}

func lastWatermark(ctx context.Context, t *tx) (w Watermark, err error) {
	const query = `SELECT watermark FROM imports WHERE state = 'applied' AND watermark <> '{}' ORDER BY created_at DESC, id DESC LIMIT 1`
	var rows []string
	if err = t.SelectContext(ctx, &rows, query); err != nil || len(rows) == 0 {
		return w, err
	}
	return fromJSON[Watermark](rows[0])
}

// canaries looks for the products that must be of 3 stars or better after
// every import, and stand in every whole register. Nobody can confirm past
// them: a canary that has died is taken out of the configuration.
func (m *merge) canaries(ctx context.Context) ([]catalog.Reason, error) {
	if len(m.opts.Canaries) == 0 || !m.hasRows {
		return nil, nil
	}
	var rows, read []string
	const query = `SELECT product_code FROM product_current WHERE product_code IN (?) AND stars >= ? AND revoked = FALSE`
	if err := m.tx.selectIn(ctx, &rows, query, m.opts.Canaries, catalog.MinStars); err != nil {
		return nil, err
	}
	if err := m.stage.selectIn(ctx, &read, `SELECT DISTINCT code FROM products WHERE code IN (?)`, m.opts.Canaries); err != nil {
		return nil, err
	}
	whole := !m.opts.Partial && (m.opts.Complete == nil || m.opts.Complete.IsAll())
	var held []catalog.Reason
	for _, c := range m.opts.Canaries {
		switch {
		case whole && !slices.Contains(read, c):
			held = append(held, hit("import.canary_missing", "product", c))
		case !slices.Contains(rows, c):
			held = append(held, hit("import.canary_stars", "product", c))
		}
	}
	return held, nil
}

// nameHardest gives the products hit hardest their names.
func (m *merge) nameHardest(ctx context.Context) error {
	var codes []string
	for _, p := range m.report.Hardest {
		codes = append(codes, p.ProductCode)
	}
	if len(codes) == 0 {
		return nil
	}
	var rows []struct {
		Code string `db:"code"`
		Name string `db:"name"`
	}
	if err := m.tx.selectIn(ctx, &rows, `SELECT code, name FROM products WHERE code IN (?)`, codes); err != nil {
		return err
	}
	for i := range m.report.Hardest {
		for _, r := range rows {
			if r.Code == m.report.Hardest[i].ProductCode {
				m.report.Hardest[i].Name = r.Name
			}
		}
	}
	return nil
}
