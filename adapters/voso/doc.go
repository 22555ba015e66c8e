// Package voso speaks Voso's seller gateway as openapi.yaml in this folder
// describes it: POST-only calls that answer 200 with an envelope.
//
// No partner specification stands behind that contract. When one is delivered,
// this folder is all that changes.
//
// It imports adapters, adapters/rest, the Unicode tables and the standard
// library.
package voso
