//go:build crashpoints

package reconcile

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"lensan/adapters"
)

// crashAt is "op/point:n": the process kills itself when it passes point while
// it does op for the n-th time. Test builds only.
var crashAt = os.Getenv("LENSAN_TEST_CRASH")

var crashCount atomic.Int64

// What is done beside changes, in the names of crash points.
const opShop, opImage, opPlan adapters.Op = "shop", "image", "plan"

func crash(point string, op adapters.Op) {
	name, nth, _ := strings.Cut(crashAt, ":")
	if name != string(op)+"/"+point {
		return
	}
	n, err := strconv.ParseInt(nth, 10, 64)
	if err != nil || crashCount.Add(1) != n {
		return
	}
	fmt.Fprintln(os.Stderr, "crash point", crashAt)
	syscall.Kill(os.Getpid(), syscall.SIGKILL) //nolint:errcheck // nobody is left to see it
	select {}
}
