package register

import (
	"context"
	"iter"
	"slices"

	"lensan/store/catalog"
)

// heap is a sink that keeps all it is given.
type heap struct {
	sources  []string
	communes []catalog.Commune
	products []catalog.ProductRow
	skus     []catalog.SKURow
	doubts   []catalog.Doubt
	sheets   []catalog.SheetRead
	pictures []catalog.PictureFile
	known    map[string]string
	most     int
}

func (h *heap) Source(_ context.Context, name, sha string) error {
	h.sources = append(h.sources, name+" "+sha)
	return nil
}

func (h *heap) Communes(_ context.Context, rows []catalog.Commune) error {
	h.communes = append(h.communes, rows...)
	return nil
}

func (h *heap) Products(_ context.Context, rows []catalog.ProductRow) error {
	h.products, h.most = append(h.products, rows...), max(h.most, len(rows))
	return nil
}

func (h *heap) SKUs(_ context.Context, rows []catalog.SKURow) error {
	h.skus, h.most = append(h.skus, rows...), max(h.most, len(rows))
	return nil
}

func (h *heap) Doubts(_ context.Context, d []catalog.Doubt) error {
	h.doubts = append(h.doubts, d...)
	return nil
}

func (h *heap) SheetRead(_ context.Context, s catalog.SheetRead) error {
	h.sheets = append(h.sheets, s)
	return nil
}

func (h *heap) PictureNames(context.Context) iter.Seq2[string, error] {
	var names []string
	for _, s := range h.skus {
		for _, i := range s.SKU.Images {
			if !slices.Contains(names, i.Name) {
				names = append(names, i.Name)
			}
		}
	}
	slices.Sort(names)
	return func(yield func(string, error) bool) {
		for _, n := range names {
			if !yield(n, nil) {
				return
			}
		}
	}
}

func (h *heap) KnownPicture(_ context.Context, source string) (string, error) {
	return h.known[source], nil
}

func (h *heap) Picture(_ context.Context, p catalog.PictureFile) error {
	h.pictures = append(h.pictures, p)
	return nil
}

func (h *heap) sku(code string) *catalog.SKURow {
	for i := range h.skus {
		if h.skus[i].SKU.Code == code {
			return &h.skus[i]
		}
	}
	return nil
}
