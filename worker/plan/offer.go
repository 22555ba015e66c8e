package plan

import (
	"strings"

	"lensan/adapters"
	"lensan/store/catalog"
)

// Marketplace is the part of an adapter that planning needs. All of it is pure.
type Marketplace interface {
	Name() string
	Capabilities() adapters.Capabilities
	Normalize(offer adapters.Offer, today string) (adapters.Fields, []adapters.Problem)
	CheckShop(shop adapters.Shop) []adapters.Problem
}

// Offer makes what we want a marketplace to show for a subject with a SKU. It
// carries no telephone, tax code or address, and alters nothing to fit.
func Offer(s catalog.Subject, side catalog.LaneSide) adapters.Offer {
	o := adapters.Offer{
		SKU:         s.SKU.Code,
		ProductCode: s.Product.Code,
		ProducerRef: s.Producer.Ref,
		ShopID:      side.Shop.RemoteID,

		Name:        s.SKU.Name,
		Description: s.SKU.Description,
		Story:       s.SKU.Story,
		Unit:        s.SKU.Unit,
		WeightGrams: s.SKU.WeightGrams,
		ProductSet:  s.Product.ProductSet,
		Category:    s.Category,
		Price:       s.SKU.Price,
		ListPrice:   s.SKU.ListPrice,
		Stock:       s.SKU.Stock,

		Producer:     s.Producer.Name,
		ProvinceCode: provinceCode(s.Product.Code),
		CommuneCode:  s.Product.CommuneCode,
		TraceURL:     s.SKU.TraceURL,

		Recognition: adapters.Recognition{
			Stars:          s.Standing.Stars,
			DecisionNumber: s.Standing.Number,
			DecisionDate:   string(s.Standing.Date),
			ValidUntil:     string(s.Standing.ValidUntil),
		},
	}
	seen := map[string]bool{}
	for _, p := range s.Pictures {
		if seen[p.SHA256] {
			continue // named twice counts once
		}
		seen[p.SHA256] = true
		o.Images = append(o.Images, adapters.ImageRef{
			SHA256: p.SHA256, Name: p.Name, RemoteID: side.Media[p.SHA256],
			Width: p.Width, Height: p.Height, Bytes: p.Bytes, Type: p.Type,
		})
	}
	return o
}

// provinceCode is the first part of the national code: 40-430-17950-3-2025.
func provinceCode(productCode string) string {
	code, _, _ := strings.Cut(productCode, "-")
	return code
}

// ShopOf is what a producer's shop is made from.
func ShopOf(s catalog.Subject) adapters.Shop {
	commune := s.Producer.CommuneCode
	if commune == "" {
		commune = s.Product.CommuneCode
	}
	return adapters.Shop{
		ProducerRef:  s.Producer.Ref,
		Name:         s.Producer.Name,
		Phone:        s.Producer.Phone,
		TaxCode:      s.Producer.TaxCode,
		ProvinceCode: provinceCode(s.Product.Code),
		CommuneCode:  commune,
		Address:      s.Producer.Address,
	}
}
