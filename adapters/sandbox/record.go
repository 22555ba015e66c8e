package sandbox

// status is a product's state in words that serve both marketplaces.
type status string

const (
	pending  status = "pending"
	live     status = "live"
	rejected status = "rejected"
	closed   status = "closed" // HIDDEN on Voso
	locked   status = "locked" // Voso only
)

// Who made the last change of a product.
const (
	byPartner   = "partner"
	bySeller    = "seller"
	byModerator = "moderator"
)

// product is one version of a product; it is never changed once set. Times are
// Unix milliseconds.
type product struct {
	ID     string `json:"id"`
	Shop   string `json:"shop"`
	SKU    string `json:"sku,omitempty"` // empty: made by hand
	Status status `json:"st"`
	Price  int64  `json:"pr"`
	List   *int64 `json:"lp,omitempty"`
	Stock  int64  `json:"q"`
	// Version counts the changes from 1.
	Version int64  `json:"v"`
	Created int64  `json:"c"` // by the marketplace's clock
	Updated int64  `json:"u"` // by the marketplace's clock
	Since   int64  `json:"s"` // by the true clock: when this version began
	By      string `json:"by"`
	// Reasons of a rejection or of a closure by staff.
	Reasons []Reason `json:"rs,omitempty"`
	// StaffClosed: closed by Postmart's staff and not released.
	StaffClosed bool `json:"sc,omitempty"`
	// Before is what a locked product was.
	Before status `json:"bf,omitempty"`
	// Due is when its review ends by the true clock, 0: none runs. Round
	// counts its reviews. Approved: it waits for its shop only.
	Due      int64 `json:"d,omitempty"`
	Round    int   `json:"r"`
	Approved bool  `json:"ap,omitempty"`
	// Verdict is what a person said the running review will find.
	Verdict *Verdict `json:"vd,omitempty"`
	// FlipDue is when a moderator thinks again and rejects a live product.
	FlipDue int64 `json:"f,omitempty"`
	// Content is a JSON object in the marketplace's own fields.
	Content blob `json:"b"`

	seq int64 // orders the changes of all products
}

// Reason is one reason of a rejection: a code on Postmart, words on both.
type Reason struct {
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
}

// Verdict is how a review ends: live when it has no reasons, else rejected.
type Verdict struct {
	Reasons []Reason `json:"reasons,omitempty"`
}

type shopStatus string

const (
	shopWaiting shopStatus = "waiting"
	shopActive  shopStatus = "active"
	shopBlocked shopStatus = "blocked"
)

type shopRecord struct {
	ID      string     `json:"id"`
	Account string     `json:"a"`
	Ref     string     `json:"ref"`
	Status  shopStatus `json:"st"`
	Payment string     `json:"pay"`
	Due     int64      `json:"d,omitempty"` // when it becomes active
	// Input holds what the shop was made from, in the marketplace's own fields.
	Input blob `json:"b"`
}

type mediaRecord struct {
	ID      string `json:"id"`
	Account string `json:"a"`
	SHA256  string `json:"h"`
	Width   int    `json:"w"`
	Height  int    `json:"hh"`
	LastUse int64  `json:"u"` // upload, or when the last product let go of it
	Gone    bool   `json:"x,omitempty"`

	uses int
}

// keyRecord is an Idempotency-Key and what its first use was answered.
type keyRecord struct {
	Account string `json:"a"`
	Key     string `json:"k"`
	Body    []byte `json:"h"` // SHA-256 of the request's body
	Status  int    `json:"st"`
	ETag    string `json:"e,omitempty"`
	Answer  blob   `json:"b"`
	At      int64  `json:"at"`
}

// lateRecord is a request whose sender was cut off and that is still to be
// carried out.
type lateRecord struct {
	ID      string            `json:"id"`
	Account string            `json:"a"`
	Op      string            `json:"op"`
	Path    string            `json:"p,omitempty"` // the {id} of the path
	Header  map[string]string `json:"h,omitempty"`
	Body    []byte            `json:"body"`
	Due     int64             `json:"d"`
	Fate    *fate             `json:"f,omitempty"` // what else strikes it
	Done    bool              `json:"x,omitempty"`
}

// accountRecord is what outlives a restart of an account's sign-in.
type accountRecord struct {
	Name string `json:"n"`
	// Generation of Postmart's tokens: raising it revokes all.
	Generation int64 `json:"g,omitempty"`
	// Token is Voso's one live token.
	Token     string  `json:"t,omitempty"`
	ExpiresAt int64   `json:"e,omitempty"`
	Logins    []int64 `json:"l,omitempty"`
	LockedTo  int64   `json:"lt,omitempty"`
	BannedTo  int64   `json:"bt,omitempty"`
}

// marketRecord is what a marketplace keeps for itself.
type marketRecord struct {
	Secret []byte `json:"s"` // signs tokens and cursors
	SkewMS int64  `json:"skew,omitempty"`
}

// entry is one line of the file: one record of one marketplace, whole.
type entry struct {
	Market  string         `json:"m"`
	Meta    *marketRecord  `json:"meta,omitempty"`
	Account *accountRecord `json:"acc,omitempty"`
	Shop    *shopRecord    `json:"shop,omitempty"`
	Product *product       `json:"p,omitempty"`
	Media   *mediaRecord   `json:"img,omitempty"`
	Key     *keyRecord     `json:"key,omitempty"`
	Late    *lateRecord    `json:"late,omitempty"`
}
