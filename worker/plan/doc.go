// Package plan decides, for one SKU on one marketplace, what is wanted, how
// that differs from what was last seen, and which changes a policy allows.
//
// It is pure: no I/O, no clock, no log. It imports store/catalog and the
// adapters' contract. The same subject gives the same decision, whether a run
// is planned, a plan is shown, or a worker looks again before it acts.
package plan
