//go:build !crashpoints

package reconcile

import "lensan/adapters"

// crash is a place where the process may die; test builds make it do so.
func crash(string, adapters.Op) {}

// What is done beside changes, in the names of crash points.
const opShop, opImage, opPlan adapters.Op = "shop", "image", "plan"
