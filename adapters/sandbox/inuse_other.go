//go:build !unix

package sandbox

import "os"

// InUse tells whether some process may have the sandbox's file at path open:
// without flock nobody knows better than that the file is there.
func InUse(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
