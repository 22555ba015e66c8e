//go:build unix

package sandbox

import (
	"errors"
	"os"
)

// InUse tells whether some process has the sandbox's file at path open, so
// that a sandbox that answers on this machine may be told from another
// folder's.
func InUse(path string) bool {
	if _, err := os.Stat(path); err != nil {
		return false
	}
	l, err := lockFile(path + ".lock")
	if err != nil {
		return errors.Is(err, errInUse)
	}
	return l.Close() != nil
}
