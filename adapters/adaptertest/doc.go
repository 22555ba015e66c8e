// Package adaptertest is the conformance suite of adapters: one call of Run
// holds an adapter to everything that adapters.Adapter promises, over real HTTP
// against a simulated marketplace that misbehaves.
//
// It knows no marketplace's name. What to expect it learns from
// Capabilities, absences included, and from the problems that Normalize tells;
// what the marketplace does it asks of World and Market, which the harness
// brings. Mutants breaks an adapter in one way each: every one of them must
// fail the suite.
//
// It imports adapters, goleak, rapid and the standard library.
package adaptertest
