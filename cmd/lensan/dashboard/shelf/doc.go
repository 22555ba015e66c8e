// Package shelf is the register and its listings as narrow columns in memory,
// so that any search, filter, sort and count over 100,000 SKUs is answered in
// a few milliseconds, the same on both engines. It holds no more than what is
// searched and counted by (37 MB for 100,000 SKUs); what a page shows of its
// rows is read from SQL when it is shown. A Shelf never changes; a Keeper
// replaces it as the record moves on.
package shelf
