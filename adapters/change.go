package adapters

// Op is what a change does.
type Op string

// The operations of a change.
const (
	OpCreate        Op = "create"
	OpUpdateContent Op = "update_content"
	OpUpdateOffer   Op = "update_offer" // price, list price, stock: sends nothing to review
	OpClose         Op = "close"
	OpReopen        Op = "reopen"
	OpAdopt         Op = "adopt" // gives our SKU to a listing made by hand
)

// CloseReason says to the marketplace why a listing is taken off sale.
type CloseReason string

// The reasons for closing.
const (
	CloseNotEligible CloseReason = "not_eligible"
	CloseExpired     CloseReason = "recognition_expired"
	CloseWithdrawn   CloseReason = "withdrawn"
	CloseDuplicate   CloseReason = "duplicate"
)

// Change is one instruction to a marketplace about one listing. It is data: it
// can be stored, printed, reviewed and replayed. Payload holds the exact bytes
// of the item as they go onto the wire, made by Adapter.Encode and stored
// before they are sent.
type Change struct {
	Op       Op          `json:"op"`
	SKU      string      `json:"sku"`
	ShopID   string      `json:"shop_id,omitempty"`
	RemoteID string      `json:"remote_id,omitempty"` // empty for create
	Version  string      `json:"version,omitempty"`   // of the reading the change was made from
	Fields   []Field     `json:"fields,omitempty"`    // what an update carries, sorted
	Reason   CloseReason `json:"reason,omitempty"`
	Key      string      `json:"key,omitempty"` // idempotency key of a create
	Payload  []byte      `json:"payload,omitempty"`
}

// Outcome is what became of one change. Err nil: done, and RemoteID is the
// listing's id. Listing is set when the answer carried the listing as it is
// now. Err of Kind Exists may carry RemoteID, the id that has the SKU already.
// Handed: neither done nor failed; a person carries it out (see Handover).
type Outcome struct {
	RemoteID string
	Version  string
	Listing  *Listing
	Handed   *Handing
	Err      *Error
}

// HandingState is where a change stands that a person is to carry out.
type HandingState string

// The states of a change that was handed over.
const (
	// HandedWaiting: the person has not carried it out, or nothing that they
	// brought back since tells what came of it.
	HandedWaiting HandingState = "waiting"
	// HandedCarried: the person carried it out, and what is read now was shown
	// after that: what it shows is the outcome, absence included.
	HandedCarried HandingState = "carried"
	// HandedBack: it was not carried out and will not be.
	HandedBack HandingState = "back"
)

// Handing tells where a handed-over change stands, and as a reason of the
// catalogue what it waits for, or what is wrong where it was carried out and
// does not show.
type Handing struct {
	State HandingState
	Code  string
	Args  map[string]string
}
