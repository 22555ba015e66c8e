package adaptertest

import (
	"testing"

	"go.uber.org/goleak"
)

// rung is one step of the ladder.
type rung struct {
	name string
	run  func(t *testing.T, h Harness)
}

// ladder goes from easy to esoteric. Each rung is a world of its own.
var ladder = []rung{
	{"capabilities are whole", capabilities},
	{"signing in", signingIn},
	{"shops", shops},
	{"pictures", pictures},
	{"a listing from create to close", listingLife},
	{"a second create of a SKU", secondCreate},
	{"finding", finding},
	{"changing content", changingContent},
	{"changing price and stock", changingOffers},
	{"taking a change back", restoring},
	{"what goes to review", reviewing},
	{"moderators", moderating},
	{"adopting what was made by hand", adopting},
	{"batches", batches},
	{"what Encode promises", encoding},
	{"what Normalize refuses", normalizing},
	{"Unicode", unicodeTexts},
	{"lengths at the limit", lengths},
	{"money", money},
	{"days", days},
	{"push and read back", echoes},
	{"each kind of failure", kinds},
	{"the marketplace's own codes", refusals},
	{"answers that get lost", lostAnswers},
	{"answers nobody should believe", gateways},
	{"lists that lie", lists},
	{"lists that grow", growingLists},
	{"contexts that end", contexts},
	{"a dry run", dryRun},
	{"nothing private is told", privacy},
	{"answers without end", hugeBodies},
	{"many at once", manyAtOnce},
}

// Run holds an adapter to the contract. Every rung is a subtest of its own
// that can be run alone. Nothing is left running at the end.
func Run(t *testing.T, h Harness) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Run("ladder", func(t *testing.T) {
		for _, r := range ladder {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				r.run(t, h)
			})
		}
	})
	if t.Failed() {
		return
	}
	if err := goleak.Find(before); err != nil {
		t.Errorf("goroutines are left: %v", err)
	}
}
