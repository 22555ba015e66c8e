package sandbox

import (
	"bytes"
	"crypto/sha256"
	"strconv"
)

// keyed tells whether an operation takes an Idempotency-Key: Postmart's two
// POSTs that make something, whose keys are the partner's together.
func (m *market) keyed(c *call) bool {
	return m.name == Postmart && (c.op == "createProduct" || c.op == "createShop")
}

func (c *call) digest() [32]byte { return sha256.Sum256(c.body) }

// claim takes the call's key, or answers for a call whose key is taken: with
// what its first use was answered, or that it is another body's, or that the
// first is still being worked on.
func (m *market) claim(c *call) *answer {
	if !m.keyed(c) {
		return nil
	}
	key := c.head["Idempotency-Key"]
	if code := badKey(key); code != "" {
		return pmInvalid([]problem{{"Idempotency-Key", code}})
	}
	if c.fate.NoUnique {
		return nil
	}
	m.forgetKeys(c.acc, c.now)
	sum := c.digest()
	if b, working := c.acc.busy[key]; working {
		if b.body != sum {
			return pmError("idempotency_key_reused")
		}
		return pmError("idempotency_in_progress")
	}
	if k := c.acc.keys[key]; k != nil {
		if !bytes.Equal(k.Body, sum[:]) {
			return pmError("idempotency_key_reused")
		}
		a := &answer{status: k.Status, code: "replayed", body: m.load(k.Answer), head: map[string]string{
			"Content-Type": jsonType, "Idempotency-Replayed": "true"}}
		if k.ETag != "" {
			a.head["ETag"] = k.ETag
		}
		return a
	}
	c.acc.busy[key] = busy{sum}
	return nil
}

// badKey tells what is wrong with a key: 1 to 64 printable ASCII characters.
func badKey(key string) string {
	switch {
	case key == "":
		return required
	case len(key) > 64:
		return tooLong
	}
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return badFormat
		}
	}
	return ""
}

// release keeps what the call was answered, so that its key repeats it. What a
// gateway or a failure answered binds nothing.
func (m *market) release(c *call, a *answer) {
	key := c.head["Idempotency-Key"]
	if !m.keyed(c) || c.fate.NoUnique {
		return
	}
	delete(c.acc.busy, key)
	switch a.status {
	case 201, 403, 409, 422:
	default:
		return
	}
	sum := c.digest()
	k := &keyRecord{Account: c.acc.rec.Name, Key: key, Body: sum[:], Status: a.status, ETag: a.head["ETag"],
		Answer: m.sb.j.blob(a.body), At: c.now}
	c.acc.keys[key] = k
	c.acc.keyAge = append(c.acc.keyAge, k)
	m.record(entry{Key: k})
}

// forgetKeys drops the keys that are a day old.
func (m *market) forgetKeys(a *account, now int64) {
	n := 0
	for n < len(a.keyAge) && now-a.keyAge[n].At >= keyLife.Milliseconds() {
		if k := a.keyAge[n]; a.keys[k.Key] == k {
			delete(a.keys, k.Key)
		}
		n++
	}
	a.keyAge = a.keyAge[n:]
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }
