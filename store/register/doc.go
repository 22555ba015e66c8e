// Package register reads what a province has (workbooks and CSV files of
// recognised products, of what is sold, and of communes) into records, with a
// report for each doubtful cell.
//
// Columns are found by their Vietnamese headings, wherever they stand; rows go
// to a Sink some hundreds at a time, so that a register of any size is never
// held in memory. A doubtful cell refuses that cell, not its row: a row is
// refused only without a usable code. Cells are read raw, never as formatted.
//
// It imports store/catalog, store/fold and the libraries for its formats; it
// knows no database.
package register
