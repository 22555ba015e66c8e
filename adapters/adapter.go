package adapters

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Adapter speaks to one marketplace on behalf of one account. It holds no
// state about listings; any number of goroutines may call it at once.
//
// Every error is an *Error. A method that gives several answers gives one for
// each item, in the order asked. A cancelled context ends a call at once with
// KindCancelled when nothing was sent, KindAmbiguous when a mutating request
// may have been.
type Adapter interface {
	// Name is the marketplace's name in commands, tables and settings.
	Name() string

	// Capabilities is what the marketplace can do. It never changes.
	Capabilities() Capabilities

	// Normalize turns an offer into the fields as the marketplace will echo
	// them, or tells what it cannot carry. It is pure, and judges the offer
	// by the civil day today (YYYY-MM-DD, Asia/Ho_Chi_Minh) where a rule
	// depends on the day. Pictures without a RemoteID appear in the images
	// field as "sha256:<hex>". Both results may be non-empty: fields that are
	// sound are returned beside the problems of the others. A stock that is
	// unknown is absent from the fields.
	Normalize(offer Offer, today string) (Fields, []Problem)

	// CheckShop tells what of a shop the marketplace cannot carry. Pure.
	CheckShop(shop Shop) []Problem

	// Encode makes the exact bytes of a change's item. current is the listing
	// as last read, nil for a create. Pure; the same arguments give the same
	// bytes. For update_offer only change.Fields are carried, so that a new
	// price leaves the stock alone.
	Encode(change Change, offer Offer, current *Listing) ([]byte, error)

	// Apply sends changes that all have the same Op and a Payload, at most
	// Capabilities.Batch[Op] of them, in one request where the marketplace
	// has a call for it. It sends each mutating request exactly once.
	Apply(ctx context.Context, changes []Change) []Outcome

	// Get reads listings by id, at most Capabilities.GetBatch in one request
	// (more are split). It shows every finished write. An id the marketplace
	// does not know is absent from the result.
	Get(ctx context.Context, ids []string) (map[string]Listing, *Error)

	// Find reads the listings that carry these SKUs, in one shop or, with an
	// empty shop, over all shops of the account. It may lag behind writes by
	// Capabilities.ReadLag. An empty result without an error says that the
	// whole answer was read.
	Find(ctx context.Context, shopID string, skus []string) ([]Listing, *Error)

	// List reads all listings of the account, or of one shop, oldest first. A
	// sequence that could not be read whole always ends in an error, which is
	// an *Error; a sequence that ends without one was whole.
	List(ctx context.Context, query ListQuery) iter.Seq2[Listing, error]

	// FindShop reads a producer's shop; nil without an error says none.
	FindShop(ctx context.Context, producerRef string) (*RemoteShop, *Error)

	// CreateShop makes a producer's shop. KindExists carries the id where the
	// marketplace tells it (Error.ExistingID).
	CreateShop(ctx context.Context, shop Shop, key string) (*RemoteShop, *Error)

	// UploadImage stores a picture and returns its remote id.
	UploadImage(ctx context.Context, image Image) (string, *Error)

	// Ping signs in and makes one cheap read, for doctor and for probing a
	// lane that was paused.
	Ping(ctx context.Context) *Error
}

// ListQuery narrows a List. The zero value reads everything.
type ListQuery struct {
	ShopID       string
	UpdatedAfter time.Time // honoured where Capabilities.ListUpdatedAfter
}

// Restorer is an optional ability, found by type assertion: what a listing once
// showed can be written back, so that a run can be reverted.
type Restorer interface {
	// Restore makes the exact bytes of an update (content or offer) that sets
	// the change's Fields to these texts, taken from a listing as it was read.
	// Pure. current is the listing as it is now.
	Restore(change Change, fields Fields, current *Listing) ([]byte, error)
}

// Handover is an optional ability, found by type assertion: there is no API, and
// a person carries changes out with what Apply prepared for them. Apply answers
// such a change with Outcome.Handed, and never prepares it a second time while
// it waits. Get, Find and List read what the person brought back, which is as
// old as ReadAsOf says.
type Handover interface {
	// Handed tells where these changes stand, one answer for each.
	Handed(ctx context.Context, changes []Change) ([]Handing, *Error)
	// ReadAsOf is the moment at which the marketplace showed what Get, Find
	// and List read.
	ReadAsOf(ctx context.Context) (time.Time, *Error)
}

// Webhook is an optional ability, found by type assertion: the marketplace
// tells of changes by itself. What it tells is a hint to look, never the truth.
type Webhook interface {
	// VerifyWebhook checks signature and time window and returns the ids of
	// the listings to look at.
	VerifyWebhook(header http.Header, body []byte, now time.Time) ([]string, *Error)
}

// Capabilities are facts about a marketplace as data: shown by `lensan
// marketplaces`, honoured by the planner and the worker, and held to by the
// conformance suite, absence included.
type Capabilities struct {
	// Title is how the marketplace is written on screens.
	Title string
	// Assumed says that no partner specification stands behind the adapter.
	Assumed bool

	// Fields that a listing has here. Others are never compared.
	Fields []Field
	// ReviewFields send a live listing back to review when they change.
	ReviewFields []Field

	// Batch is how many items one request of an Op carries; absent: the
	// marketplace has no such operation.
	Batch map[Op]int
	// GetBatch is how many listings one Get request reads.
	GetBatch int
	// FindBatch is how many SKUs one Find request asks for.
	FindBatch int
	// PageSize is how many listings one page of List holds.
	PageSize int
	// ListUpdatedAfter: List can be narrowed to what changed since.
	ListUpdatedAfter bool

	// Idempotent creates: the same key and bytes within KeyLife answer again
	// what the first request answered. Zero: there are no keys.
	KeyLife time.Duration
	// Conditional writes of content: a stale Version is refused.
	Conditional bool
	// SharedToken: signing in ends the token of every other process, so all
	// must share one, and no two may sign in at the same time.
	SharedToken bool
	// SameImageSameID: uploading the same bytes again answers the same id.
	SameImageSameID bool
	// Webhooks are sent by the marketplace.
	Webhooks bool
	// ByHand: there is no API; people carry changes out (Handover).
	ByHand bool

	// ReadLag bounds how far List and Find lag behind writes; LateWrite how
	// late a request that timed out may still be carried out. An absence is a
	// fact only when read ReadLag + LateWrite after the last attempt ended.
	ReadLag   time.Duration
	LateWrite time.Duration

	// Rate is the default limit in requests a second.
	Rate float64

	// NotSold lists the product sets that the marketplace does not sell at
	// all, each with the reason code that says why.
	NotSold map[string]string
	// Categories maps each product set to its category here.
	Categories map[string]string

	// ImageMin, ImageMax bound the sides of a picture in pixels; ImageBytes
	// its size.
	ImageMin, ImageMax int
	ImageBytes         int64
	// MaxImages is how many pictures a listing may have.
	MaxImages int
}

// VisibilityLag is how long after an attempt ended an absence must be read to
// be believed.
func (c Capabilities) VisibilityLag() time.Duration { return c.ReadLag + c.LateWrite }
