package catalog

import "strconv"

// The fields of a register, as they name cells and doubts (SKU.Cells,
// SKU.Doubts). Where an offer or a shop has the same field, the name is the
// same.
const (
	CellProductCode = "product_code"
	CellSKU         = "sku"
	CellOldSKU      = "old_sku"
	CellName        = "name"
	CellProducer    = "producer"
	CellTaxCode     = "tax_code"
	CellPhone       = "phone"
	CellAddress     = "address"
	CellCommune     = "commune" // its code
	CellCommuneName = "commune_name"
	CellDistrict    = "district"
	CellProductSet  = "product_set"
	CellStars       = "stars"
	CellNumber      = "decision_no"
	CellDecidedOn   = "decided_on"
	CellAuthority   = "authority"
	CellValidUntil  = "valid_until"
	CellNote        = "note"
	CellUnit        = "unit"
	CellPrice       = "price"
	CellListPrice   = "list_price"
	CellStock       = "stock"
	CellWeight      = "weight"
	CellDescription = "description"
	CellStory       = "story"
	CellImages      = "images"
	CellTraceURL    = "trace_url"
	CellFlagship    = "flagship"
	CellCategory    = "category"
)

// Commune is a commune as it is since 1 July 2025 and the district its land
// lay in before.
type Commune struct {
	Code     string // five digits
	Name     string
	District string
}

// ProductRow is one row of a register of recognised products. A field is blank
// when its cell is, when the sheet has no such column, or when the cell was
// refused; Cells and Doubts tell which.
type ProductRow struct {
	Product     Product
	Producer    Producer // Name empty: the row names none; Ref is never set here
	Recognition Recognition
	// Cells names the cell of every field that the sheet has a column for.
	Cells  map[string]string
	Doubts map[string]Doubt
}

// SKURow is one row of the sheet by SKU. SKU.Cells names the cell of every
// field that the sheet has a column for; blanks are as in ProductRow.
type SKURow struct {
	SKU      SKU
	OldSKU   string // declared rename: what it was called before
	Category string // override of the category
	// FlagshipSaid tells a cell that says no from a blank one.
	FlagshipSaid bool
}

// PictureFile is a picture as it is to be stored, or why there is none.
type PictureFile struct {
	Name         string // as named in the register
	Problem      string // reason code; else empty and the rest is set
	Args         map[string]string
	SourceSHA256 string // of the file as it was found
	SHA256       string // of Bytes
	Type         string // image/jpeg, image/png
	Width        int
	Height       int
	Bytes        []byte // nil: the store has them already
}

// SheetRead tells what was made of one sheet or CSV file.
type SheetRead struct {
	File    string   `json:"file"`
	Sheet   string   `json:"sheet"`
	Kind    string   `json:"kind"` // products, skus, communes, products+skus; empty: no headings known
	Rows    int      `json:"rows"` // rows with data
	Refused int      `json:"refused"`
	Fields  []string `json:"fields,omitempty"`
	Ignored []string `json:"ignored,omitempty"` // headings that were not recognised
	Hidden  bool     `json:"hidden,omitempty"`  // the sheet is hidden and was not read
}

// ShownMoney writes whole VND as registers do: "85.000 đ".
func ShownMoney(vnd int64) string {
	digits := strconv.FormatInt(vnd, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return digits + " đ"
}
