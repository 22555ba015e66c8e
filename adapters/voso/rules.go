package voso

import (
	_ "embed"

	"lensan/adapters"
)

// WorkbookMapping says which columns the seller portal's bulk upload and its
// exported list are assumed to have; for adapters/workbook.
//
//go:embed workbook.yaml
var WorkbookMapping []byte

// Rules judges offers and shops as Voso does, without an account. All of it is
// pure.
type Rules struct{ a Adapter }

// Capabilities are those of openapi.yaml.
func (r Rules) Capabilities() adapters.Capabilities { return r.a.Capabilities() }

// Normalize is that of Adapter.
func (r Rules) Normalize(offer adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
	return r.a.Normalize(offer, today)
}

// CheckShop is that of Adapter.
func (r Rules) CheckShop(s adapters.Shop) []adapters.Problem { return r.a.CheckShop(s) }

// Echo is the form in which Voso shows a text that it was given.
func (Rules) Echo(_ adapters.Field, s string) string { return normalText(s) }
