//go:build !unix

package sandbox

import (
	"io"
	"os"
)

// lockFile marks the file as used; without flock nothing keeps a second
// process out.
func lockFile(path string) (io.Closer, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
