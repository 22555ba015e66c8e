//go:build unix

package worker

import (
	"os"
	"syscall"
)

// engineLock is a lock on a file that ends with the process, however it ends.
// The zero one is not held.
type engineLock struct{ f *os.File }

// take takes the lock where nobody has it.
func (l *engineLock) take(path string) (held bool) {
	if l.f != nil || path == "" {
		return l.f != nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false // the lease alone decides then
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		f.Close()
		return false
	}
	l.f = f
	return true
}

func (l *engineLock) release() {
	if l.f != nil {
		l.f.Close()
		l.f = nil
	}
}
