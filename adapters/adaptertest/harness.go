package adaptertest

import (
	"log/slog"
	"net/http"
	"testing"

	"lensan/adapters"
)

// Harness says how to open a marketplace and an adapter for it.
type Harness struct {
	// Open makes a marketplace of the test's own, empty, with reviews that end
	// at once and neither lag nor limits. It is closed by t.Cleanup.
	Open func(t *testing.T) Market
	// Refusals are the marketplace's own codes, each with what the adapter is
	// to make of it: the contract's whole list.
	Refusals []Refusal
	// TellsTotal says that a list tells how long it is, so that one that ends
	// early can be found out.
	TellsTotal bool
	// Secrets are texts that must stand in no error and no log line, and that
	// the adapters made by Market.Adapter hold.
	Secrets []string
	// Mutant, where set, breaks the adapter (see Mutants).
	Mutant *Mutant
}

// Market is a simulated marketplace. Ids are the remote ones.
type Market interface {
	// Adapter makes an adapter for the market's one account.
	Adapter(t *testing.T, opt Options) adapters.Adapter

	// Strike makes something go wrong from now on; Calm ends all of it.
	Strike(t *testing.T, f Fault)
	Calm(t *testing.T)

	// Calls counts the HTTP calls of an action's operation, refused and struck
	// ones included.
	Calls(a Action) int
	// Mutating counts the calls that could have changed something.
	Mutating() int
	// Products counts the products that have a SKU, by shop.
	Products(shopID, sku string) int

	// ByHand makes a product without a SKU, on sale, as a seller does.
	ByHand(t *testing.T, shopID, name string, price, stock int64) (id string)
	// Rename changes a product's name, as a seller does.
	Rename(t *testing.T, id, name string)
	// Sell sells n of a product.
	Sell(t *testing.T, id string, n int64)
	// Reject lets a moderator reject a product, in these words.
	Reject(t *testing.T, id, words string)
	// Lock lets the marketplace's staff take a product off sale for good.
	Lock(t *testing.T, id string)
	// SuspendShop lets them suspend a shop.
	SuspendShop(t *testing.T, shopID string)
	// Revoke ends every sign-in.
	Revoke(t *testing.T)
}

// Options are what the suite asks of an adapter. The zero value is an adapter
// as in production, with a budget that never waits.
type Options struct {
	ReadOnly    bool
	WrongSecret bool
	Log         *slog.Logger
	// Wrap stands between the adapter and the network.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// Action is something that an adapter does, by what it is for.
type Action string

// The actions. A marketplace may have one operation for several.
const (
	SignIn        Action = "sign_in"
	FindShop      Action = "find_shop"
	CreateShop    Action = "create_shop"
	Upload        Action = "upload"
	Create        Action = "create"
	UpdateContent Action = "update_content"
	UpdateOffer   Action = "update_offer"
	Close         Action = "close"
	Reopen        Action = "reopen"
	Adopt         Action = "adopt"
	Get           Action = "get"
	Find          Action = "find"
	List          Action = "list"
	Reads         Action = "reads"  // all that read
	Writes        Action = "writes" // all that change something
	Review        Action = "review" // what moderators do
)

// Fault is one thing that goes wrong, in the vocabulary that sandboxes share.
type Fault struct {
	Action Action
	Kind   string // Cut and so on
	Count  int    // how many calls, 0: all
	Skip   int    // how many calls it lets pass first
	Commit bool   // the call is carried out, its answer is lost
	Status int
	Body   string // "json", "html", "empty"
	Code   string
	Items  []int // of a batch, from 0
	Size   int64
}

// The kinds of fault that the suite asks for.
const (
	Cut         = "cut"
	Status      = "status"
	Maintenance = "maintenance"
	Throttle    = "throttle"
	Garbage     = "garbage"
	Huge        = "huge"
	Truncate    = "truncate"
	Answer      = "answer"
	Repeat      = "repeat"
	EndEarly    = "end_early"
	OmitItems   = "omit_items"
	IgnoreItems = "ignore_items"
	ReviewNever = "review_never"
)

// Refusal is a code of the marketplace's contract: what the application
// answers when Action is called, and what it means.
type Refusal struct {
	Action Action
	Code   string
	Kind   adapters.Kind
}
