//go:build race

package reconcile_test

// raceOn tells that the race detector watches.
const raceOn = true
