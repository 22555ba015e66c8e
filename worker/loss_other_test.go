//go:build !linux

package worker

import "syscall"

// endWithTest can do nothing here: a server outlives a test that is killed.
func endWithTest(*syscall.SysProcAttr, syscall.Signal) {}
