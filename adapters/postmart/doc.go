// Package postmart speaks to Postmart (Buudien.vn) by the contract in
// openapi.yaml, which this project assumes until a partner specification is
// published. Nothing outside this folder knows that contract.
//
// It imports adapters and adapters/rest.
package postmart
