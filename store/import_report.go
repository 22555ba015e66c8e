package store

import (
	"time"

	"lensan/store/catalog"
)

// ImportState is what became of an import.
type ImportState string

// The states of an import.
const (
	ImportApplied   ImportState = "applied"
	ImportHeld      ImportState = "held"      // a person must confirm it
	ImportConfirmed ImportState = "confirmed" // was held; a later import of the same bytes was applied for it
	ImportRejected  ImportState = "rejected"
)

// Tally counts the records of one kind that an import spoke of.
type Tally struct {
	Read      int `json:"read"` // distinct records
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
}

// ImportCounts are what an import read and changed.
type ImportCounts struct {
	RegisterRows int   `json:"register_rows"`
	SKURows      int   `json:"sku_rows"`
	Products     Tally `json:"products"`
	Recognitions Tally `json:"recognitions"`
	Producers    Tally `json:"producers"`
	SKUs         Tally `json:"skus"`
	Communes     Tally `json:"communes"`
	Pictures     Tally `json:"pictures"` // read: names; added: contents new to the record
	// ThreeStars counts the products read that are awarded 3 stars or better
	// and not revoked, whatever their validity.
	ThreeStars  int `json:"three_stars"`
	Renamed     int `json:"renamed"`     // declared renames carried out
	Withdrawals int `json:"withdrawals"` // newly proposed
	Returned    int `json:"returned"`    // withdrawals whose product is back
	Successions int `json:"successions"` // one SKU gone and another new, newly proposed
}

// ChangedNothing tells whether the record is as it was.
func (c ImportCounts) ChangedNothing() bool {
	for _, t := range []Tally{c.Products, c.Recognitions, c.Producers, c.SKUs, c.Communes, c.Pictures} {
		if t.Added+t.Changed > 0 {
			return false
		}
	}
	return c.Renamed+c.Withdrawals+c.Returned+c.Successions == 0
}

// ImportReport is what an import did, or would do.
type ImportReport struct {
	ID     string              `json:"id"` // of a dry run: nowhere recorded
	State  ImportState         `json:"state"`
	DryRun bool                `json:"dry_run"`
	Files  []string            `json:"files"`
	Digest string              `json:"digest"`
	By     string              `json:"by"`
	At     time.Time           `json:"at"`
	Sheets []catalog.SheetRead `json:"sheets,omitempty"`
	Counts ImportCounts        `json:"counts"`

	DoubtCount      int `json:"doubts"`
	RowsRefused     int `json:"rows_refused"`
	PictureProblems int `json:"picture_problems"`

	// Held says why the import is held, Hardest which products it would hit
	// hardest, at most ten.
	Held    []catalog.Reason `json:"held,omitempty"`
	Hardest []ProductHit     `json:"hardest,omitempty"`
}

// ProductHit is what a held import would do to a product.
type ProductHit struct {
	ProductCode string           `json:"product_code"`
	Name        string           `json:"name"`
	What        []catalog.Reason `json:"what"`
	score       int
}

// PictureProblem is a picture that a SKU names and does not have.
type PictureProblem struct {
	SKU    string            `json:"sku"`
	Name   string            `json:"name"`
	Cell   string            `json:"cell"` // "Thông tin bán hàng!K4"
	Reason string            `json:"reason"`
	Args   map[string]string `json:"args,omitempty"`
}
