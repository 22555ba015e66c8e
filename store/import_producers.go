package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

type producerRow struct {
	Ref         string `db:"ref"`
	Name        string `db:"name"`
	MatchKey    string `db:"match_key"`
	TaxCode     string `db:"tax_code"`
	Phone       string `db:"phone"`
	Address     string `db:"address"`
	CommuneCode string `db:"commune_code"`
	MergedInto  string `db:"merged_into"`
	CreatedAt   int64  `db:"created_at"`
	UpdatedAt   int64  `db:"updated_at"`
}

// named is one producer as the rows of an import name it: one name, commune
// and tax code; phone and address are those of the first row that has them.
type namedProducer struct {
	NameKey string `db:"name_key"`
	Commune string `db:"commune"`
	Tax     string `db:"tax"`
	Name    string `db:"name"`
	Phone   string `db:"phone"`
	Address string `db:"address"`
	Code    string `db:"code"` // a product of theirs
	// Alone: rows of this name and commune without a tax code are theirs too.
	Alone bool `db:"-"`
}

func (n namedProducer) matchKey() string { return n.NameKey + "|" + n.Commune }

// mergeProducers gives each producer named a ref: the one it is known by, or
// a new one.
func (m *merge) mergeProducers(ctx context.Context) error {
	if err := m.settleCommunes(ctx); err != nil {
		return err
	}
	return m.stage.keys(ctx, "products", "name_key", func(keys []string) error {
		var rows []namedProducer
		const query = `SELECT name_key, commune, tax, name, phone, address, code FROM products WHERE name_key IN (?) ORDER BY name_key, commune, seq`
		if err := m.stage.selectIn(ctx, &rows, query, keys); err != nil {
			return err
		}
		return m.mergeProducerPage(ctx, gather(rows))
	})
}

// settleCommunes finds the codes of communes that rows name without one, since
// name and commune are what a producer is known by.
func (m *merge) settleCommunes(ctx context.Context) error {
	var names []string
	if err := m.stage.db.SelectContext(ctx, &names, `SELECT DISTINCT commune FROM products WHERE commune <> '' AND commune NOT GLOB '[0-9][0-9][0-9][0-9][0-9]'`); err != nil {
		return err
	}
	for _, name := range names {
		to := m.places.code(name, "")
		if to == "" {
			to = placeKey(name)
		}
		if _, err := m.stage.db.ExecContext(ctx, `UPDATE products SET commune = ? WHERE commune = ?`, to, name); err != nil {
			return err
		}
	}
	return nil
}

// gather brings the rows of each producer together: rows without a tax code
// join the only one that their name and commune have.
func gather(rows []namedProducer) []namedProducer {
	taxes := map[string][]string{}
	for _, r := range rows {
		if r.Tax != "" && !slices.Contains(taxes[r.matchKey()], r.Tax) {
			taxes[r.matchKey()] = append(taxes[r.matchKey()], r.Tax)
		}
	}
	at := map[[2]string]int{}
	var out []namedProducer
	for _, r := range rows {
		if t := taxes[r.matchKey()]; r.Tax == "" && len(t) == 1 {
			r.Tax = t[0]
		}
		r.Alone = r.Tax != "" && len(taxes[r.matchKey()]) == 1
		id := [2]string{r.matchKey(), r.Tax}
		if i, ok := at[id]; ok {
			keep(&out[i].Phone, r.Phone)
			keep(&out[i].Address, r.Address)
			continue
		}
		at[id] = len(out)
		out = append(out, r)
	}
	return out
}

// knownProducers are those in the record that a page of producers may be.
type knownProducers struct {
	byRef map[string]*producerRow
	byTax map[string]*producerRow
	byKey map[string][]*producerRow
}

func (k *knownProducers) add(p *producerRow) {
	k.byRef[p.Ref] = p
	if p.TaxCode != "" && k.byTax[p.TaxCode] == nil {
		k.byTax[p.TaxCode] = p
	}
	k.byKey[p.MatchKey] = append(k.byKey[p.MatchKey], p)
}

// into follows a merge of producers.
func (k *knownProducers) into(p *producerRow) *producerRow {
	if p != nil && p.MergedInto != "" {
		return k.byRef[p.MergedInto]
	}
	return p
}

func (m *merge) knownProducers(ctx context.Context, page []namedProducer) (*knownProducers, error) {
	const columns = `SELECT ref, name, match_key, tax_code, phone, address, commune_code, merged_into, created_at, updated_at FROM producers WHERE `
	keys, refs, taxes := []string{}, []string{}, []string{""}
	for _, n := range page {
		keys, refs = append(keys, n.matchKey()), append(refs, n.ref())
		if n.Tax != "" {
			taxes = append(taxes, n.Tax)
		}
	}
	k := &knownProducers{map[string]*producerRow{}, map[string]*producerRow{}, map[string][]*producerRow{}}
	var rows []producerRow
	if err := m.tx.selectIn(ctx, &rows, columns+`match_key IN (?) OR (tax_code IN (?) AND tax_code <> '') ORDER BY created_at, ref`, keys, taxes); err != nil {
		return nil, err
	}
	for i := range rows {
		k.add(&rows[i])
		if rows[i].MergedInto != "" {
			refs = append(refs, rows[i].MergedInto)
		}
	}
	var more []producerRow
	if err := m.tx.selectIn(ctx, &more, columns+`ref IN (?)`, refs); err != nil {
		return nil, err
	}
	for i := range more {
		if k.byRef[more[i].Ref] == nil {
			k.byRef[more[i].Ref] = &more[i]
		}
	}
	return k, nil
}

// match finds the producer that n is, nil when it is new. conflict says that a
// person should look: the name and commune are known under another tax code,
// or several could be meant.
func (k *knownProducers) match(n namedProducer) (p *producerRow, conflict string) {
	if n.Tax != "" {
		if p := k.into(k.byTax[n.Tax]); p != nil {
			return p, ""
		}
	}
	var blank, other []*producerRow
	for _, c := range k.byKey[n.matchKey()] {
		if c = k.into(c); c == nil {
			continue
		}
		if c.TaxCode == "" {
			blank = append(blank, c)
		} else {
			other = append(other, c)
		}
	}
	switch {
	case n.Tax == "" && len(blank) > 0:
		return blank[0], ""
	case n.Tax == "" && len(other) > 1:
		return other[0], "producer.ambiguous"
	case n.Tax == "" && len(other) == 1:
		return other[0], ""
	case len(blank) > 0:
		return blank[0], "" // a known tax code meets a blank
	case len(other) > 0:
		return nil, "producer.tax_conflict"
	}
	return nil, ""
}

func (m *merge) mergeProducerPage(ctx context.Context, page []namedProducer) error {
	known, err := m.knownProducers(ctx, page)
	if err != nil {
		return err
	}
	changed := map[string]bool{}
	var order []string
	var staged []any
	for _, n := range page {
		p, conflict := known.match(n)
		if conflict != "" {
			if err := m.producerDoubt(ctx, n, conflict); err != nil {
				return err
			}
		}
		isNew := p == nil
		if isNew {
			if p, err = m.newProducer(ctx, n, known); err != nil {
				return err
			}
			known.add(p)
		}
		before := *p
		m.setProducer(p, n, known)
		first := !m.touched[p.Ref]
		m.touched[p.Ref] = true
		m.countProducer(first, isNew, *p != before)
		if (isNew || *p != before) && !changed[p.Ref] {
			changed[p.Ref] = true
			order = append(order, p.Ref)
		}
		staged = append(staged, n.NameKey, n.Commune, n.Tax, p.Ref)
		if n.Alone {
			staged = append(staged, n.NameKey, n.Commune, "", p.Ref)
		}
	}
	var rows []producerRow
	for _, ref := range order {
		p := known.byRef[ref]
		p.UpdatedAt = m.now
		rows = append(rows, *p)
	}
	const upsert = `
INSERT INTO producers (ref, name, match_key, tax_code, phone, address, commune_code, merged_into, created_at, updated_at)
VALUES (:ref, :name, :match_key, :tax_code, :phone, :address, :commune_code, :merged_into, :created_at, :updated_at)
ON CONFLICT (ref) DO UPDATE SET name = excluded.name, match_key = excluded.match_key, tax_code = excluded.tax_code,
  phone = excluded.phone, address = excluded.address, commune_code = excluded.commune_code, updated_at = excluded.updated_at`
	if err := named(ctx, m.tx, upsert, rows); err != nil {
		return fmt.Errorf("producers: %w", err)
	}
	return m.stage.insert(ctx, `INSERT OR REPLACE INTO producers (name_key, commune, tax, ref)`, 4, staged)
}

func (m *merge) countProducer(first, isNew, changed bool) {
	c := &m.report.Counts.Producers
	if first {
		c.Read++
	}
	switch {
	case isNew:
		c.Added++
	case changed && first:
		c.Changed++
	case first:
		c.Unchanged++
	}
}

// setProducer takes over what an import says of a producer. Where an import
// speaks of one twice (two names under one tax code), the first says and the
// later ones only fill blanks, so that the same file always gives the same.
func (m *merge) setProducer(p *producerRow, n namedProducer, known *knownProducers) {
	if m.touched[p.Ref] {
		keep(&p.Phone, n.Phone)
		keep(&p.Address, n.Address)
		return
	}
	mergedAway := p.MatchKey != n.matchKey() && known.isMergedInto(p, n)
	for _, f := range []struct {
		have *string
		read string
	}{{&p.Name, n.Name}, {&p.TaxCode, n.Tax}, {&p.Phone, n.Phone}, {&p.Address, n.Address}, {&p.CommuneCode, m.places.sound(communeCode(n.Commune), n.Code)}, {&p.MatchKey, n.matchKey()}} {
		if f.read != "" && !mergedAway {
			*f.have = f.read
		}
	}
}

// isMergedInto tells whether n is one whom a person has merged into p: then p
// keeps its own name.
func (k *knownProducers) isMergedInto(p *producerRow, n namedProducer) bool {
	for _, c := range k.byKey[n.matchKey()] {
		if c.MergedInto == p.Ref {
			return true
		}
	}
	t := k.byTax[n.Tax]
	return n.Tax != "" && t != nil && t.MergedInto == p.Ref
}

func communeCode(s string) string {
	if len(s) == 5 && strings.Trim(s, "0123456789") == "" {
		return s
	}
	return ""
}

func (m *merge) newProducer(ctx context.Context, n namedProducer, known *knownProducers) (*producerRow, error) {
	p := &producerRow{Name: n.Name, MatchKey: n.matchKey(), CommuneCode: m.places.sound(communeCode(n.Commune), n.Code), CreatedAt: m.now}
	base := n.ref()
	p.Ref = base
	// The ref may be taken by one that has since changed its name or tax code.
	for i := 2; known.byRef[p.Ref] != nil; i++ {
		p.Ref = fmt.Sprintf("%s-%d", base, i)
		var taken int
		if err := m.tx.GetContext(ctx, &taken, m.tx.Rebind(`SELECT count(*) FROM producers WHERE ref = ?`), p.Ref); err != nil {
			return nil, err
		}
		if taken == 0 && known.byRef[p.Ref] == nil {
			break
		}
	}
	return p, nil
}

func (n namedProducer) ref() string { return ProducerRef(n.Tax, n.Name, n.Commune) }

// ProducerRef derives the ref of a producer from what it is first known by:
// its tax code, else its name and commune. It has at most 50 characters of
// a–z, 0–9 and -, and is the same in every database.
func ProducerRef(tax, name, commune string) string {
	if tax != "" {
		return "mst-" + tax
	}
	key := fold.ProducerKey(name)
	sum := sha256.Sum256([]byte(key + "|" + commune))
	var b strings.Builder
	for _, r := range fold.Search(key) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	slug := b.String()
	slug = strings.Trim(slug[:min(len(slug), 28)], "-")
	parts := []string{"ct", slug}
	if c := communeCode(commune); c != "" {
		parts = append(parts, c)
	}
	return strings.Join(append(parts, hex.EncodeToString(sum[:4])), "-")
}

// producerDoubt reports a producer that a person should look at.
func (m *merge) producerDoubt(ctx context.Context, n namedProducer, code string) error {
	var body string
	if err := m.stage.db.GetContext(ctx, &body, `SELECT body FROM products WHERE name_key = ? AND commune = ? AND code = ? ORDER BY seq LIMIT 1`, n.NameKey, n.Commune, n.Code); err != nil {
		return err
	}
	row, err := fromJSON[catalog.ProductRow](body)
	if err != nil {
		return err
	}
	field, value := catalog.CellTaxCode, n.Tax
	if code == "producer.ambiguous" {
		field, value = catalog.CellProducer, n.Name
	}
	_, err = m.doubt(ctx, row.Cells[field], field, value, n.Code, false, catalog.Reason{Code: code, Args: map[string]string{"producer": n.Name}})
	return err
}
