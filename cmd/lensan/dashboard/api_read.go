package dashboard

import (
	"net/http"
	"slices"

	"lensan/cmd/lensan/dashboard/shelf"
	"lensan/store"
	"lensan/store/catalog"
)

type summaryJSON struct {
	Today        catalog.Day           `json:"today"`
	At           int64                 `json:"at"`
	Products     int                   `json:"products"`
	Engine       bool                  `json:"engine"`
	Marketplaces []store.MarketSummary `json:"marketplaces"`
}

func (d *Dashboard) apiSummary(r *http.Request, v *visit) (answer, error) {
	s, err := v.shelf(r.Context())
	if err != nil {
		return answer{}, err
	}
	alive, err := d.EngineAlive(r.Context())
	if err != nil {
		return answer{}, err
	}
	return answer{body: summaryJSON{s.Today, s.At.UnixMilli(), s.Products(), alive, rowsOf(s.Summary())}}, nil
}

func (d *Dashboard) apiCoverage(r *http.Request, v *visit) (answer, error) {
	dimension := r.URL.Query().Get("dimension")
	if dimension == "" {
		dimension = "all"
	}
	if !slices.Contains([]string{"all", "stars", "commune", "district", "set"}, dimension) {
		return answer{}, say(http.StatusBadRequest, "dimension: all, stars, commune, district hoặc set.", "dimension: all, stars, commune, district or set.")
	}
	s, err := v.shelf(r.Context())
	if err != nil {
		return answer{}, err
	}
	return answer{body: list{Rows: rowsOf(s.Coverage(dimension))}}, nil
}

type causeJSON struct {
	Marketplaces []string `json:"marketplaces"`
	Code         string   `json:"code"`
	Bucket       string   `json:"bucket"`
	Who          string   `json:"who"`
	SKUs         int      `json:"skus"`
	Products     int      `json:"products"`
	VI           string   `json:"vi"`
	EN           string   `json:"en"`
	FixVI        string   `json:"fix_vi"`
	FixEN        string   `json:"fix_en"`
}

func (d *Dashboard) apiCauses(r *http.Request, v *visit) (answer, error) {
	s, err := v.shelf(r.Context())
	if err != nil {
		return answer{}, err
	}
	q, err := d.meant(r.Context(), queryOf(r.URL.Query()))
	if err != nil {
		return answer{}, err
	}
	rows := v.causes(s, q, 0)
	out := make([]causeJSON, 0, len(rows))
	for _, c := range rows {
		out = append(out, causeJSON{c.Lanes, c.Code, c.Bucket, c.Cause.Who, c.SKUs, c.Products, c.VI, c.EN, c.FixVI, c.FixEN})
	}
	return answer{body: list{Rows: out}}, nil
}

func (d *Dashboard) apiListings(r *http.Request, v *visit) (answer, error) {
	p, err := pageOf(r)
	if err != nil {
		return answer{}, err
	}
	s, err := v.shelf(r.Context())
	if err != nil {
		return answer{}, err
	}
	q, err := d.meant(r.Context(), queryOf(r.URL.Query()))
	if err != nil {
		return answer{}, err
	}
	q.Limit = p.Limit
	found, err := s.Find(q)
	if err != nil {
		return answer{}, err
	}
	lanes := s.Lanes
	if q.Lane != "" {
		lanes = []shelf.Lane{{Name: q.Lane}}
	}
	var skus []string
	for _, row := range found.Rows {
		if row.SKU != "" {
			skus = append(skus, row.SKU)
		}
	}
	rows := []store.SyncRow{}
	if len(skus) > 0 {
		var names []string
		for _, l := range lanes {
			names = append(names, l.Name)
		}
		got, _, err := d.Store.SyncStatus(r.Context(), store.Filter{SKUs: skus, Marketplaces: names}, store.Page{Limit: 2000})
		if err != nil {
			return answer{}, err
		}
		place := map[string]int{}
		for i, sku := range skus {
			place[sku] = i
		}
		slices.SortStableFunc(got, func(a, b store.SyncRow) int { return place[a.SKU] - place[b.SKU] })
		rows = rowsOf(got)
	}
	return answer{body: list{Total: &found.Total, Rows: rows, Next: found.Next}}, nil
}

// productFilter reads what the views of products can be narrowed by.
func productFilter(r *http.Request) store.Filter {
	q := queryOf(r.URL.Query())
	f := store.Filter{Products: q.Products, Producers: q.Producers, Communes: q.Communes, Districts: q.Districts, Sets: q.Sets, Stars: q.Stars,
		SyncStates: q.Sync, MarketStates: q.Market, Reasons: q.Reasons, Who: q.Who}
	if q.Lane != "" {
		f.Marketplaces = []string{q.Lane}
	}
	return f
}

func (d *Dashboard) apiProducts(r *http.Request, v *visit) (answer, error) {
	p, err := pageOf(r)
	if err != nil {
		return answer{}, err
	}
	f := productFilter(r)
	after, err := p.ProductCode()
	if err != nil {
		return answer{}, err
	}
	s, err := v.shelf(r.Context())
	if err != nil {
		return answer{}, err
	}
	// The shelf tells which products match, so that those that don't are not
	// read; of what changes by the minute the view has the last word.
	f.Producers, f.Communes, f.Districts, f.Sets, f.Stars = nil, nil, nil, nil, nil
	q, rows, next := queryOf(r.URL.Query()), []store.ProductRow{}, ""
	q.Text, q.Flagship, q.ValidFrom, q.ValidTo = "", false, "", ""
	for from := after; len(rows) < p.Limit && next == ""; {
		codes := s.ProductCodes(q, from, p.Limit+1)
		if len(codes) == 0 {
			break
		}
		f.Products = codes
		var part []store.ProductRow
		if part, next, err = d.Store.ProductStatus(r.Context(), f, store.Page{After: p.After, Limit: p.Limit - len(rows)}); err != nil {
			return answer{}, err
		}
		rows, from, p.After = append(rows, part...), codes[len(codes)-1]+"\x00", ""
		if len(rows) == p.Limit && next == "" && len(s.ProductCodes(q, from, 1)) > 0 {
			last := rows[len(rows)-1]
			next = store.ProductCursor(last)
		}
	}
	return answer{body: list{Rows: rowsOf(rows), Next: next}}, nil
}

type productJSON struct {
	ProductCode  string            `json:"product_code"`
	Name         string            `json:"name"`
	Stars        int               `json:"stars"`
	ValidUntil   catalog.Day       `json:"valid_until"`
	Derived      bool              `json:"valid_until_derived"`
	Producer     producerJSON      `json:"producer"`
	Recognitions []recognitionJSON `json:"recognitions"`
	Listings     []store.SyncRow   `json:"listings"`
}

type producerJSON struct {
	Ref     string `json:"ref"`
	Name    string `json:"name"`
	Phone   string `json:"phone"` // masked for viewers
	TaxCode string `json:"tax_code"`
	Address string `json:"address"`
}

type recognitionJSON struct {
	Stars      int         `json:"stars"`
	Authority  string      `json:"authority"`
	Number     string      `json:"number"`
	DecidedOn  catalog.Day `json:"decided_on"`
	ValidUntil catalog.Day `json:"valid_until"`
	Revoked    bool        `json:"revoked"`
}

func (d *Dashboard) apiProduct(r *http.Request, v *visit) (answer, error) {
	ctx, code := r.Context(), r.PathValue("code")
	subjects, err := d.Store.ProductSubjects(ctx, code)
	if err != nil {
		return answer{}, err
	}
	first := subjects[0]
	recognitions, err := d.Store.RecognitionsOf(ctx, code)
	if err != nil {
		return answer{}, err
	}
	rows, _, err := d.Store.SyncStatus(ctx, store.Filter{Products: []string{code}}, store.Page{Limit: 2000})
	if err != nil {
		return answer{}, err
	}
	p := v.private(first.Producer)
	out := productJSON{ProductCode: code, Name: first.Product.Name, Stars: first.Standing.Stars, ValidUntil: first.Standing.ValidUntil, Derived: first.Standing.Derived,
		Producer: producerJSON{p.Ref, p.Name, p.Phone, p.TaxCode, p.Address}, Recognitions: []recognitionJSON{}, Listings: rowsOf(rows)}
	for _, x := range recognitions {
		last, _ := x.LastDay()
		out.Recognitions = append(out.Recognitions, recognitionJSON{x.Stars, x.Authority, x.Number, x.Date, last, x.Revoked})
	}
	return answer{body: out}, nil
}
