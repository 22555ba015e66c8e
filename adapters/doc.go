// Package adapters is the contract between Lên Sàn and a marketplace: what an
// adapter is given (Offer, Change), what it gives back (Listing, Outcome,
// Error) and what it promises about each verb (Adapter).
//
// It imports the standard library only. Everything that knows a wire format
// lives below it, one folder a marketplace; everything that decides what ought
// to be written lives above it.
package adapters
