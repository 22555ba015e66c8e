package store

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newID makes a short id that sorts by time: milliseconds and forty random
// bits, sixteen characters.
func newID(prefix string, at time.Time) string {
	var b [11]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	rand.Read(b[6:]) //nolint:errcheck // never fails since Go 1.24
	return prefix + strings.ToLower(idEncoding.EncodeToString(b[:10]))
}
