package store

import (
	"context"
	"fmt"

	"lensan/store/catalog"
)

type pictureRow struct {
	named  catalog.SKUImage
	stored catalog.Picture
}

// picturesOf reads the pictures of these SKUs, in order, and the distinct
// contents among them.
func (s *Store) picturesOf(ctx context.Context, skus []string) (map[string][]pictureRow, []string, error) {
	const query = `
SELECT i.sku, i.name, i.sha256, i.problem, COALESCE(m.type, '') AS type, COALESCE(m.width, 0) AS width,
       COALESCE(m.height, 0) AS height, COALESCE(m.size, 0) AS size
FROM sku_images i
LEFT JOIN images m ON m.sha256 = i.sha256
WHERE i.sku IN (?)
ORDER BY i.sku, i.position`
	out := map[string][]pictureRow{}
	if len(skus) == 0 {
		return out, nil, nil
	}
	var rows []struct {
		SKU     string `db:"sku"`
		Name    string `db:"name"`
		SHA256  string `db:"sha256"`
		Problem string `db:"problem"`
		Type    string `db:"type"`
		Width   int    `db:"width"`
		Height  int    `db:"height"`
		Size    int64  `db:"size"`
	}
	if err := s.selectIn(ctx, &rows, query, skus); err != nil {
		return nil, nil, fmt.Errorf("read pictures: %w", err)
	}
	var hashes []string
	seen := map[string]bool{}
	for _, r := range rows {
		p := pictureRow{
			named:  catalog.SKUImage{Name: r.Name, SHA256: r.SHA256, Problem: r.Problem},
			stored: catalog.Picture{SHA256: r.SHA256, Name: r.Name, Type: r.Type, Width: r.Width, Height: r.Height, Bytes: r.Size}}
		out[r.SKU] = append(out[r.SKU], p)
		if r.SHA256 != "" && !seen[r.SHA256] {
			seen[r.SHA256] = true
			hashes = append(hashes, r.SHA256)
		}
	}
	return out, hashes, nil
}

// sides are the marketplaces' side of a page of subjects.
type sides struct {
	listings map[[2]string]catalog.Listing
	shops    map[[2]string]catalog.Shop
	media    map[[2]string]string
	intents  map[[2]string]bool
	asked    map[[2]string]bool // an uncertain match is open
}

func (s *Store) sidesOf(ctx context.Context, marketplaces, skus, refs, hashes []string) (sides, error) {
	out := sides{map[[2]string]catalog.Listing{}, map[[2]string]catalog.Shop{}, map[[2]string]string{}, map[[2]string]bool{}, map[[2]string]bool{}}
	if len(marketplaces) == 0 {
		return out, nil
	}
	if len(skus) > 0 {
		listings, err := s.Listings(ctx, marketplaces, skus)
		if err != nil {
			return out, err
		}
		for _, l := range listings {
			out.listings[[2]string{l.Marketplace, l.SKU}] = l
		}
		const open = `SELECT marketplace, sku FROM intents WHERE state IN ('open', 'checking') AND marketplace IN (?) AND sku IN (?)`
		if err := s.marked(ctx, out.intents, open, marketplaces, skus); err != nil {
			return out, fmt.Errorf("read open intents: %w", err)
		}
		const asked = `SELECT marketplace, sku FROM decisions WHERE state = 'open' AND kind = 'uncertain_match' AND marketplace IN (?) AND sku IN (?)`
		if err := s.marked(ctx, out.asked, asked, marketplaces, skus); err != nil {
			return out, fmt.Errorf("read uncertain matches: %w", err)
		}
	}
	if len(refs) > 0 {
		shops, err := s.Shops(ctx, marketplaces, refs)
		if err != nil {
			return out, err
		}
		for _, shop := range shops {
			out.shops[[2]string{shop.Marketplace, shop.ProducerRef}] = shop
		}
	}
	for _, part := range chunk(hashes, 1000) {
		const query = `SELECT marketplace, sha256, remote_id FROM media WHERE remote_id <> '' AND marketplace IN (?) AND sha256 IN (?)`
		var media []struct {
			Marketplace string `db:"marketplace"`
			SHA256      string `db:"sha256"`
			RemoteID    string `db:"remote_id"`
		}
		if err := s.selectIn(ctx, &media, query, marketplaces, part); err != nil {
			return out, fmt.Errorf("read uploaded pictures: %w", err)
		}
		for _, m := range media {
			out.media[[2]string{m.Marketplace, m.SHA256}] = m.RemoteID
		}
	}
	return out, nil
}

// marked sets the (marketplace, SKU) pairs that a query names.
func (s *Store) marked(ctx context.Context, set map[[2]string]bool, query string, marketplaces, skus []string) error {
	var rows []struct {
		Marketplace string `db:"marketplace"`
		SKU         string `db:"sku"`
	}
	if err := s.selectIn(ctx, &rows, query, marketplaces, skus); err != nil {
		return err
	}
	for _, r := range rows {
		set[[2]string{r.Marketplace, r.SKU}] = true
	}
	return nil
}

func (d sides) of(sub catalog.Subject, marketplaces []string) map[string]catalog.LaneSide {
	out := make(map[string]catalog.LaneSide, len(marketplaces))
	for _, m := range marketplaces {
		side := catalog.LaneSide{Shop: d.shops[[2]string{m, sub.Producer.Ref}], Media: map[string]string{}}
		if sub.SKU != nil {
			key := [2]string{m, sub.SKU.Code}
			side.OpenIntent, side.Uncertain = d.intents[key], d.asked[key]
			if l, ok := d.listings[key]; ok {
				side.Listing = l
			} else {
				side.Listing = catalog.Listing{Marketplace: m, SKU: sub.SKU.Code, MarketState: "absent", WantedLive: true}
			}
		}
		for _, p := range sub.Pictures {
			if id := d.media[[2]string{m, p.SHA256}]; id != "" {
				side.Media[p.SHA256] = id
			}
		}
		out[m] = side
	}
	return out
}
