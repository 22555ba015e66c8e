// Package sandbox simulates Postmart and Voso over real HTTP, to the letter of
// their contract files, and misbehaves on demand.
//
// It is what `lensan up` and `lensan sandbox` run and what every test of an
// adapter talks to. It has its own wire types, its own rules and its own
// durable file, and imports nothing of lensan: shared types would hide shared
// bugs. Where the contract speaks, the contract decides; what it leaves open is
// answered in the way that is hardest on a client without contradicting it.
//
// Open makes a Sandbox. Its three handlers are Postmart, Voso and Control (the
// port through which faults are set, people edit products and the ledger is
// read); the same can be done with its methods in a test.
//
// The package imports the standard library, x/text/unicode/norm and
// x/image/webp.
package sandbox
