package plan

import (
	"slices"
	"testing"

	"lensan/adapters"
	"lensan/store/catalog"
)

func TestRevert(t *testing.T) {
	t.Parallel()
	type fields = adapters.Fields
	price := func(from, to string) Done {
		return Done{Op: adapters.OpUpdateOffer, Sent: fields{"price": to}, Before: fields{"price": from}, After: fields{"price": to}}
	}
	cases := map[string]struct {
		state  adapters.MarketState
		seen   map[string]string
		done   []Done
		ops    []adapters.Op
		want   fields
		reason string
	}{
		"what it created is closed":            {state: "live", done: []Done{{Op: "create"}}, ops: ops("close")},
		"what it closed is reopened":           {state: "closed", done: []Done{{Op: "close"}}, ops: ops("reopen")},
		"closed by others since stays":         {state: "closed", done: []Done{{Op: "create"}}},
		"opened by others since stays":         {state: "live", done: []Done{{Op: "close"}}},
		"a price goes back":                    {state: "live", seen: map[string]string{"price": "2"}, done: []Done{price("1", "2")}, ops: ops("update_offer"), want: fields{"price": "1"}},
		"two changes go back to the first":     {state: "live", seen: map[string]string{"price": "3"}, done: []Done{price("2", "3"), price("1", "2")}, ops: ops("update_offer"), want: fields{"price": "1"}},
		"a price edited since is left alone":   {state: "live", seen: map[string]string{"price": "9"}, done: []Done{price("1", "2")}, reason: "revert.edited_since"},
		"a price that is back already is fine": {state: "live", seen: map[string]string{"price": "1"}, done: []Done{price("1", "2")}},
		"a locked listing is left alone":       {state: "locked", seen: map[string]string{"price": "2"}, done: []Done{price("1", "2")}, reason: "listing.locked", want: fields{"price": "1"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := Revert(catalog.Listing{MarketState: string(c.state), Seen: c.seen}, c.done)
			reason := ""
			if len(d.Reasons) > 0 {
				reason = d.Reasons[0].Code
			}
			if !slices.Equal(d.Ops, c.ops) || reason != c.reason || len(d.Want) != len(c.want) || len(d.Want.Differing(c.want)) > 0 {
				t.Errorf("ops %v want %v reason %q; want %v %v %q", d.Ops, d.Want, reason, c.ops, c.want, c.reason)
			}
		})
	}
}
