// Package dashboard is the web page and the JSON API for the people who run
// lensan: it shows where every product stands and takes what they ask for.
//
// It reads and writes rows through store and nothing else: it never calls a
// marketplace, never touches the queue, and goes on working when either is
// away. Whatever needs more than rows (the checks of `lensan doctor`, the
// reading of a workbook) is handed in by Options as a function. It may import
// store, store/catalog, adapters (the contract's words), config,
// cmd/lensan/text and cmd/lensan/report.
package dashboard
