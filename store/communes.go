package store

import (
	"context"
	"fmt"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// Communes reads the table of communes, sorted by code.
func (s *Store) Communes(ctx context.Context) ([]catalog.Commune, error) {
	const query = `SELECT code, name, district FROM communes ORDER BY code`
	var rows []communeRow
	if err := s.selectRows(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("read communes: %w", err)
	}
	out := make([]catalog.Commune, len(rows))
	for i, r := range rows {
		out[i] = catalog.Commune(r)
	}
	return out, nil
}

type communeRow struct {
	Code     string `db:"code"`
	Name     string `db:"name"`
	District string `db:"district"`
}

// places finds communes by code and by name.
type places struct {
	byCode map[string]communeRow
	byName map[string][]communeRow
	// provinces are those, by code, whose communes the table has. It may be
	// one province's while a register is another's.
	provinces map[string]bool
}

// covers tells whether the table has the communes of a product's province.
func (p places) covers(productCode string) bool { return p.provinces[provinceOf(productCode)] }

// provinceOf is the province in a product's national code.
func provinceOf(productCode string) string { return productCode[:min(2, len(productCode))] }

// district is that of a commune's code, or empty.
func (p places) district(code string) string { return p.byCode[code].District }

// code is that of the only commune with a name in a district (any, where the
// district is empty); else empty.
func (p places) code(name, district string) string {
	found := ""
	for _, c := range p.byName[placeKey(name)] {
		if district != "" && districtKey(c.District) != districtKey(district) {
			continue
		}
		if found != "" {
			return ""
		}
		found = c.Code
	}
	return found
}

// placeKey is a commune's name without what kind of place it is.
func placeKey(name string) string {
	key := fold.Name(name)
	key, _, _ = strings.Cut(key, " tỉnh ")
	for _, kind := range []string{"xã ", "phường ", "đặc khu ", "x ", "p "} {
		if rest, ok := strings.CutPrefix(key, kind); ok {
			return rest
		}
	}
	return key
}

// mergeCommunes takes over the communes read and loads the table, which is
// some thousands of rows for the whole country.
func (m *merge) mergeCommunes(ctx context.Context) error {
	var have, read []communeRow
	if err := m.tx.SelectContext(ctx, &have, `SELECT code, name, district FROM communes`); err != nil {
		return err
	}
	if err := m.stage.db.SelectContext(ctx, &read, `SELECT code, name, district FROM communes ORDER BY code`); err != nil {
		return err
	}
	known := make(map[string]communeRow, len(have))
	for _, c := range have {
		known[c.Code] = c
	}
	var changed []communeRow
	for _, c := range read {
		old, ok := known[c.Code]
		m.report.Counts.Communes.Read++
		keep(&c.Name, old.Name)
		keep(&c.District, old.District)
		switch {
		case !ok:
			m.report.Counts.Communes.Added++
		case c != old:
			m.report.Counts.Communes.Changed++
		default:
			m.report.Counts.Communes.Unchanged++
			continue
		}
		known[c.Code] = c
		changed = append(changed, c)
	}
	const upsert = `INSERT INTO communes (code, name, district) VALUES (:code, :name, :district)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, district = excluded.district`
	if err := named(ctx, m.tx, upsert, changed); err != nil {
		return fmt.Errorf("communes: %w", err)
	}
	m.places = places{byCode: known, byName: map[string][]communeRow{}}
	for _, c := range known {
		key := placeKey(c.Name)
		m.places.byName[key] = append(m.places.byName[key], c)
	}
	return m.coveredProvinces(ctx)
}

// coveredProvinces finds the provinces that the table is of: most communes of
// their products, known or now read, stand in it. A name alone proves little,
// communes of many provinces share theirs.
func (m *merge) coveredProvinces(ctx context.Context) error {
	type place struct {
		Province string `db:"province"`
		Commune  string `db:"commune"`
	}
	var known, read []place
	if err := m.tx.SelectContext(ctx, &known, `SELECT DISTINCT substr(code, 1, 2) AS province, commune_code AS commune FROM products WHERE commune_code <> ''`); err != nil {
		return err
	}
	const staged = `
SELECT DISTINCT substr(code, 1, 2) AS province, COALESCE(NULLIF(body ->> '$.Product.CommuneCode', ''), body ->> '$.Product.CommuneName') AS commune
FROM products WHERE COALESCE(body ->> '$.Product.CommuneCode', '') <> '' OR COALESCE(body ->> '$.Product.CommuneName', '') <> ''`
	if err := m.stage.db.SelectContext(ctx, &read, staged); err != nil {
		return err
	}
	stands, balance := false, map[string]int{}
	for _, p := range append(known, read...) {
		if _, stands = m.places.byCode[p.Commune]; !stands {
			stands = len(m.places.byName[placeKey(p.Commune)]) > 0
		}
		if stands {
			balance[p.Province]++
		} else {
			balance[p.Province]--
		}
	}
	m.places.provinces = map[string]bool{}
	for province, n := range balance {
		m.places.provinces[province] = n >= 0
	}
	return nil
}

// keep fills a blank with what is known.
func keep(v *string, known string) {
	if *v == "" {
		*v = known
	}
}
