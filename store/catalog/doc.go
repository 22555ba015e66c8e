// Package catalog holds the records that everything else speaks of: products
// and their recognitions, producers, SKUs, listings, runs and the catalogue of
// reasons. It does no I/O and imports the standard library only.
package catalog
