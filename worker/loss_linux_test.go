package worker

import "syscall"

// endWithTest has the kernel end a server that a test started when the test's
// own process dies in a way that runs no cleanup.
func endWithTest(a *syscall.SysProcAttr, sig syscall.Signal) { a.Pdeathsig = sig }
