// Package rest holds what adapters that speak HTTP share: the sign-in hook,
// the rate budget, the retry inside a call, the classification of answers that
// no marketplace made (outages, HTML, cut bodies), redaction, and the transport
// that refuses every write in a dry run.
//
// It knows no marketplace. What a code means is told by the adapter's
// Config.Classify; whether a call mutates, by the adapter's Request.
//
// It imports adapters, go-retry and the standard library.
package rest
