package plan

import (
	"testing"

	"lensan/adapters"
	"lensan/store/catalog"
)

// After a lost database every listing is adopted while no picture of ours has
// an id yet: that alone must not send a whole catalogue to review.
func TestPicturesOfAnAdoptedListingAreComparedOnceOursHaveIds(t *testing.T) {
	t.Parallel()
	applied := map[string]catalog.AppliedField{"images": {Sent: "a", Echo: "a"}}
	for what, c := range map[string]struct {
		want, there string
		applied     map[string]catalog.AppliedField
		differ      bool
	}{
		"adopted, ours without an id":     {"sha256:ff", "a", nil, false},
		"adopted, one of two without":     {"b sha256:ff", "a", nil, false},
		"adopted, ours with an id":        {"b", "a", nil, true},
		"adopted, and it has no pictures": {"sha256:ff", "", nil, true},
		"ours, and a new picture for it":  {"sha256:ff", "a", applied, true},
		"adopted, and the same picture":   {"a", "a", nil, false},
	} {
		got := diff(adapters.Fields{adapters.FieldImages: c.want}, adapters.Fields{adapters.FieldImages: c.there}, c.applied, DefaultOwners())
		if len(got) > 0 != c.differ {
			t.Errorf("%s: %+v", what, got)
		}
	}
}
