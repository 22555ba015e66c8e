package adapters

// Offer is what we want a marketplace to show for one SKU. It is made from the
// register alone and never altered to fit a marketplace: what does not fit is
// a Problem. It carries no telephone, tax code or address.
type Offer struct {
	SKU         string
	ProductCode string // national OCOP code
	ProducerRef string // whose shop it belongs to
	ShopID      string // that shop on this marketplace; empty while it has none

	Name        string
	Description string // plain text, lines separated by \n
	Story       string // plain text, may be empty
	Unit        string // "hộp 500 g"
	WeightGrams int64  // 0: unknown
	ProductSet  string // "01" … "26"
	Category    string // override by SKU of the category; empty: by ProductSet

	Price     int64  // whole VND; 0: unknown
	ListPrice int64  // whole VND; 0: none
	Stock     *int64 // nil: unknown

	Images []ImageRef

	Producer     string // name shown as the origin
	ProvinceCode string // "40"
	CommuneCode  string // five digits
	TraceURL     string

	Recognition Recognition
}

// ImageRef names a picture by its content; RemoteID is its id on the
// marketplace, empty while it has not been uploaded there.
type ImageRef struct {
	SHA256   string // hex of the stored bytes
	Name     string // as named in the register
	RemoteID string
	Width    int
	Height   int
	Bytes    int64
	Type     string // image/jpeg, image/png
}

// Recognition is the part of an OCOP recognition that a marketplace is shown.
type Recognition struct {
	Stars          int    // 3 to 5
	DecisionNumber string // "2345/QĐ-UBND"
	DecisionDate   string // civil day, YYYY-MM-DD; empty: unknown
	ValidUntil     string // last valid civil day, YYYY-MM-DD
}

// Shop is what a producer's shop is made from. It holds personal data and is
// handed to EnsureShop only.
type Shop struct {
	ProducerRef  string
	Name         string
	Phone        string
	TaxCode      string // may be empty
	ProvinceCode string
	CommuneCode  string
	Address      string
}

// ShopStatus is the state of a shop on the marketplace.
type ShopStatus string

// The states of a shop. Products may be made in a pending one.
const (
	ShopPending   ShopStatus = "pending"
	ShopActive    ShopStatus = "active"
	ShopSuspended ShopStatus = "suspended"
)

// RemoteShop is a shop as the marketplace has it.
type RemoteShop struct {
	ID          string
	ProducerRef string
	Status      ShopStatus
}

// Image is a picture to upload.
type Image struct {
	SHA256 string
	Name   string
	Type   string // image/jpeg, image/png
	Bytes  []byte
}

// Problem is one reason why an offer or a shop can't be sent as it is: the
// field to mend, a reason code of the catalogue and its arguments. It is
// judged before any request.
type Problem struct {
	Field string            // an offer's Field, or a shop's: phone, tax_code, commune, address, name
	Code  string            // reason code, for example "name.too_long"
	Args  map[string]string // "have": "131", "max": "120"
}
