//go:build !crashpoints

package reconcile

// crash is a place where the process may die; test builds make it do so.
func crash(string) {}
