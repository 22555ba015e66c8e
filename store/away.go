package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// IsAway tells whether a call failed because the database could not be reached
// or went away under it: what was asked may be asked again later. Whether a
// write was committed is then not known.
func IsAway(err error) bool {
	var answered *pgconn.PgError
	if errors.As(err, &answered) {
		return strings.HasPrefix(answered.Code, "57P") // shut down, crashed, still starting
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || err != nil && pgconn.SafeToRetry(err)
}
