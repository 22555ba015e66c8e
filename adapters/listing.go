package adapters

import "time"

// MarketState is where a listing stands on the marketplace.
type MarketState string

// The market states (design: the market axis).
const (
	Absent        MarketState = "absent"
	PendingReview MarketState = "pending_review"
	Live          MarketState = "live"
	Rejected      MarketState = "rejected"
	Closed        MarketState = "closed"
	Locked        MarketState = "locked"
)

// Listing is what a marketplace shows, as read back.
type Listing struct {
	RemoteID string
	ShopID   string
	SKU      string // empty: made by hand, without a SKU
	State    MarketState
	Fields   Fields
	Version  string // what a conditional write needs; empty where there is none
	URL      string

	CreatedAt time.Time // UTC; zero: not told
	UpdatedAt time.Time // UTC; of the last change; may have whole seconds only
	UpdatedBy string    // partner, seller, moderator; empty: not told
	SeenAt    time.Time // when the marketplace showed this; zero: at the moment of reading

	// Rejections say why a moderator refused or closed it, in the
	// marketplace's codes and words; empty unless State is Rejected or Locked.
	Rejections []Rejection
}

// Rejection is one reason of a moderator.
type Rejection struct {
	Code    string // the marketplace's; empty: only words
	Message string // Vietnamese, as written by the marketplace
}
