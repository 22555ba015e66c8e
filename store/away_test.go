package store_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"lensan/store"
)

func TestADatabaseThatWentAwayIsToldFromOneThatRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"reset in the middle of a read":  {&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}, true},
		"closed in the middle of a read": {io.ErrUnexpectedEOF, true},
		"shutting down":                  {&pgconn.PgError{Code: "57P01"}, true},
		"still starting":                 {&pgconn.PgError{Code: "57P03"}, true},
		"a constraint":                   {&pgconn.PgError{Code: "23505"}, false},
		"a statement cancelled":          {&pgconn.PgError{Code: "57014"}, false},
		"not found":                      {store.ErrNotFound, false},
		"anything else":                  {errors.New("x"), false},
		"nothing":                        {nil, false},
	} {
		if got := store.IsAway(c.err); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if c.err != nil && store.IsAway(fmt.Errorf("account: %w", c.err)) != c.want {
			t.Errorf("%s, wrapped: %v", name, !c.want)
		}
	}
}
