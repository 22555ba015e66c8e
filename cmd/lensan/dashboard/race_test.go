//go:build race

package dashboard

// underRace: the race detector makes everything ten times slower.
const underRace = true
