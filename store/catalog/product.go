package catalog

// MonthsValid is how long a recognition lasts when its decision states no last
// day.
const MonthsValid = 36

// MinStars is the rating from which a product is to be listed.
const MinStars = 3

// TourismSet is the product set that can't be shipped.
const TourismSet = "26"

// Product is one OCOP product. Its key is the national code; a name is never a
// key.
type Product struct {
	Code        string
	Name        string // NFC, trimmed
	ProducerRef string // empty: the register names none
	CommuneCode string // five digits; empty: unknown
	CommuneName string
	District    string // as before 1 July 2025
	ProductSet  string // "01" … "26"; empty: unknown
	Note        string
	// Cells names where each field stands in the register; Doubts are the
	// cells that were refused, by field.
	Cells  map[string]string
	Doubts map[string]Doubt
}

// Recognition is one decision on a product's stars. Its identity is
// (Authority, Number, Date).
type Recognition struct {
	ProductCode string
	Stars       int // 1 to 5; 0: the register does not say
	Authority   string
	Number      string
	Date        Day // empty: unknown
	ValidUntil  Day // the last day as stated; empty: not stated
	Revoked     bool
	// Doubts are reason codes of what can't be taken as it stands: an
	// authority that may not award these stars, a revocation only proposed.
	Doubts []string
	Note   string
}

// LastDay is the last valid day, and whether it was derived from the
// decision's date rather than stated. Both zero: unknown.
func (r Recognition) LastDay() (day Day, derived bool) {
	if r.ValidUntil != "" {
		return r.ValidUntil, false
	}
	if r.Date != "" {
		return r.Date.AddMonths(MonthsValid), true
	}
	return "", false
}

// Producer is who makes a product and owns the shop. Telephone, tax code and
// address are private: for operators and administrators.
type Producer struct {
	Ref         string // derived once, then kept
	Name        string
	TaxCode     string
	Phone       string
	Address     string
	CommuneCode string
}

// SKU is what is sold.
type SKU struct {
	Code        string // leading zeros count
	ProductCode string
	Name        string
	Unit        string
	Price       int64  // whole VND; 0: unknown
	ListPrice   int64  // 0: none
	Stock       *int64 // nil: unknown
	WeightGrams int64  // 0: unknown
	Description string
	Story       string
	TraceURL    string
	Flagship    bool // sản phẩm mũi nhọn
	Note        string
	Images      []SKUImage
	// Cells names where each field stands in the register ("Thông tin bán
	// hàng!E4"), so that what is wrong can be mended there.
	Cells map[string]string
	// Doubts are the cells that were refused, by field: their field is unknown.
	Doubts map[string]Doubt
}

// SKUImage is one picture of a SKU, in order. SHA256 empty: Problem says why
// there is none ("image.missing", "image.too_small", "image.unreadable").
type SKUImage struct {
	Name    string
	SHA256  string
	Problem string
}

// Doubt is one cell that could not be taken as it stands.
type Doubt struct {
	Sheet  string            `json:"sheet"`
	Cell   string            `json:"cell"` // "L57"; for CSV "dòng 57, cột 12"
	Field  string            `json:"field"`
	Value  string            `json:"value"`
	Reason string            `json:"reason"` // reason code, "star.several_numbers"
	Args   map[string]string `json:"args,omitempty"`
	// Key is the product code or SKU of the row, where it could be read.
	Key string `json:"key,omitempty"`
	// RowRefused says that the whole row was left out.
	RowRefused bool `json:"row_refused,omitempty"`
}

// Current picks the recognition that counts: of those that award stars, the
// one with the latest decision date, dates unknown counting as earliest. A
// revocation counts unless a later recognition ends it. ordered is false when
// two of them differ and can't be ordered (the same day, or a day unknown),
// which is for a person to decide.
func Current(all []Recognition) (current Recognition, ok, ordered bool) {
	var tied, undated bool
	n := 0
	for _, r := range all {
		if r.Stars == 0 && !r.Revoked {
			continue
		}
		same := r.Stars == current.Stars && r.Revoked == current.Revoked && r.ValidUntil == current.ValidUntil
		undated = undated || r.Date == ""
		switch {
		case !ok, r.Date > current.Date:
			tied = false
			current, ok = r, true
		case r.Date == current.Date && !same:
			tied = true
		}
		n++
	}
	return current, ok, !tied && !(undated && n > 1)
}
