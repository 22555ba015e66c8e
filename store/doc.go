// Package store keeps the record: what is wanted, what was last seen and what
// is being done, in SQLite or PostgreSQL, from one set of queries.
//
// Queries are written once, with ? placeholders, and rebound for the engine;
// the few places where the engines differ stand in dialect.go. Times are UTC
// milliseconds, days are catalog.Day, money is whole VND. It imports
// store/catalog and the adapters' contract, never worker. Nothing outside this
// room imports sqlx.
package store
