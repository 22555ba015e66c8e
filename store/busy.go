package store

import (
	"errors"

	"modernc.org/sqlite"
)

const sqliteBusy = 5

// IsBusy tells whether SQLite could not be written since another process held
// its lock for too long.
func IsBusy(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqliteBusy
}
