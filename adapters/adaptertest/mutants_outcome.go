package adaptertest

import (
	"context"
	"slices"

	"lensan/adapters"
)

func mutantsOfOutcomes() []Mutant {
	kind := func(name string, from, to adapters.Kind) Mutant {
		return failures(name, func(e *adapters.Error) {
			if e.Kind == from {
				e.Kind = to
			}
		})
	}
	return []Mutant{
		kind("an unknown outcome is called transient", adapters.KindAmbiguous, adapters.KindTransient),
		kind("an unknown outcome is called invalid", adapters.KindAmbiguous, adapters.KindInvalid),
		kind("exists is called invalid", adapters.KindExists, adapters.KindInvalid),
		kind("not found is called invalid", adapters.KindNotFound, adapters.KindInvalid),
		kind("an outage is called not found", adapters.KindUnavailable, adapters.KindNotFound),
		kind("a limit is called transient", adapters.KindThrottled, adapters.KindTransient),
		kind("a lock is called invalid", adapters.KindLocked, adapters.KindInvalid),
		kind("a cancelled call is called transient", adapters.KindCancelled, adapters.KindTransient),
		failures("a refused sign-in is the item's fault", func(e *adapters.Error) {
			if e.Kind == adapters.KindUnauthorized {
				e.WholeLane = false
			}
		}),
		failures("a failure forgets its SKU", func(e *adapters.Error) { e.SKU = "" }),
		failures("refused fields are not named", func(e *adapters.Error) { e.Fields = nil }),
		outcomes("outcomes come in another order", func(_ []adapters.Change, out []adapters.Outcome) { slices.Reverse(out) }),
		outcomes("one bad item fails its batch", func(_ []adapters.Change, out []adapters.Outcome) {
			for _, o := range out {
				if o.Err != nil {
					for i := range out {
						out[i].Err = o.Err
					}
					return
				}
			}
		}),
		outcomes("an outcome without an id", func(_ []adapters.Change, out []adapters.Outcome) {
			for i := range out {
				out[i].RemoteID = ""
			}
		}),
		outcomes("what got no answer is called done", func(c []adapters.Change, out []adapters.Outcome) {
			for i := range out {
				if adapters.KindOf(out[i].Err) == adapters.KindAmbiguous {
					out[i] = adapters.Outcome{RemoteID: c[i].RemoteID}
				}
			}
		}),
		breaking("closing does nothing", nothing(adapters.OpClose)),
		breaking("reopening does nothing", nothing(adapters.OpReopen)),
		breaking("adopting does nothing", nothing(adapters.OpAdopt)),
	}
}

// nothing claims that an operation was done.
func nothing(op adapters.Op) func(b *broken, a adapters.Adapter) {
	return func(b *broken, a adapters.Adapter) {
		b.apply = func(ctx context.Context, c []adapters.Change) []adapters.Outcome {
			if len(c) == 0 || c[0].Op != op {
				return a.Apply(ctx, c)
			}
			out := make([]adapters.Outcome, len(c))
			for i := range c {
				out[i].RemoteID = c[i].RemoteID
			}
			return out
		}
	}
}
