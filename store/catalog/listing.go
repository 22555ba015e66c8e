package catalog

import "time"

// Standing is the recognition that counts for a product, as of the record's
// last import: its stars and how long they hold.
type Standing struct {
	Stars      int // 0: no recognition states any
	Authority  string
	Number     string
	Date       Day
	ValidUntil Day  // stated or derived; empty: unknown
	Derived    bool // ValidUntil is 36 months after Date
	Revoked    bool
	Ordered    bool // false: two recognitions differ and can't be ordered
}

// Listing is the record's row for one SKU on one marketplace: what was last
// applied, what was last seen, and both states.
type Listing struct {
	Marketplace string
	SKU         string
	SyncState   SyncState
	MarketState string // adapters.MarketState
	Reasons     []Reason

	RemoteID  string
	ShopID    string
	RemoteURL string
	Version   string
	RemoteSKU string // as the marketplace has it: differs after a rename

	Seen       map[string]string       // field -> text as last read; nil: never read
	Applied    map[string]AppliedField // field -> what we last sent
	Rejections []Rejection
	// WantedLive is false when we closed it ourselves.
	WantedLive bool
	// Refused is the digest of what the marketplace last refused for the
	// data's sake; the same is not sent again.
	Refused string

	AppliedAt       time.Time
	SeenAt          time.Time
	MarketSince     time.Time
	RemoteUpdatedAt time.Time
	RemoteUpdatedBy string
	LookAt          time.Time
	// LookHeld is the LookAt that its worker knows of. Another one on record
	// is a wish that came since, and stays when the row is written.
	LookHeld time.Time `json:"-"`
	Looks    int
	Fence    int64
}

// AppliedField is what we last sent of one field and what came back, both in
// the marketplace's normal form. They differ where the marketplace rewrites.
type AppliedField struct {
	Sent string `json:"sent"`
	Echo string `json:"echo"`
	// Ignored counts writes that were answered as done and did not show.
	Ignored int `json:"ignored,omitempty"`
	// Unsure is what came back instead the last time, where nobody knows
	// whether the marketplace or somebody else made it so.
	Unsure string `json:"unsure,omitempty"`
	// Restored: this came out of a backup, and it is not known whether the
	// marketplace has been written to since. Where it shows another value than
	// Echo, that may be ours and newer.
	Restored bool `json:"restored,omitempty"`
}

// Rejection is one reason of a marketplace's moderator.
type Rejection struct {
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// Shop is the record's row for a producer's shop on one marketplace.
type Shop struct {
	Marketplace string
	ProducerRef string
	RemoteID    string // empty: not made yet
	Status      string // adapters.ShopStatus
	Reason      Reason // why it could not be made
	Refused     string // digest of the data that was refused
	CreateKey   string // idempotency key of the attempt whose outcome is not known
	AttemptedAt time.Time
	SeenAt      time.Time
}

// Picture is one usable picture of a SKU.
type Picture struct {
	SHA256        string
	Name          string
	Type          string
	Width, Height int
	Bytes         int64
}

// Subject is one SKU with all that decides whether and how it is offered; SKU
// is nil for a product without any.
type Subject struct {
	Product  Product
	Standing Standing
	Producer Producer
	SKU      *SKU
	Category string // override of the category by SKU
	Pictures []Picture
	// Withdrawn: a person confirmed that the product left the register.
	Withdrawn bool
	// Succession: the SKU may be another one's new name; a person is asked.
	Succession bool
	// Lanes holds the marketplaces' side, by marketplace.
	Lanes map[string]LaneSide
}

// LaneSide is what the record knows of a subject on one marketplace.
type LaneSide struct {
	Listing Listing
	Shop    Shop
	Media   map[string]string // sha256 -> remote id of the uploaded picture
	// OpenIntent: a request whose outcome is not known yet.
	OpenIntent bool
	// Uncertain: a listing made by hand may be this SKU's; a person is asked.
	Uncertain bool
}

// Day of the Standing that ends its validity is past on day.
func (s Standing) expired(day Day) bool { return s.ValidUntil != "" && s.ValidUntil < day }

// Eligibility tells whether a product may be offered on day: an empty code
// says yes. Certain is false when the answer rests on something unknown: then
// a listing that stands is left alone.
func (s Standing) Eligibility(day Day) (code string, certain bool) {
	switch {
	case s.Revoked && s.Ordered:
		return "excluded.revoked", true
	case !s.Ordered:
		return "excluded.unordered_recognitions", false
	case s.Stars == 0:
		return "excluded.stars_unknown", false
	case s.Stars < MinStars:
		return "excluded.below_three_stars", true
	case s.ValidUntil == "":
		return "excluded.validity_unknown", false
	case s.expired(day):
		return "excluded.expired", true
	}
	return "", true
}
