package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// CountLogin counts one sign-in to an account, unless there were most of them
// within the window before now: then nothing is counted and wait tells when
// there is room. It outlives the queue's memory and any number of restarts.
func (s *Store) CountLogin(ctx context.Context, account string, most int, window time.Duration) (wait time.Duration, err error) {
	const read = `SELECT value FROM settings WHERE name = ?`
	const write = `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	name := "logins." + account
	err = s.inTx(ctx, func(t *tx) error {
		if err := t.onlyOne(ctx, name); err != nil {
			return err
		}
		var values []string
		if err := t.SelectContext(ctx, &values, t.Rebind(read), name); err != nil {
			return err
		}
		now := s.nowMillis()
		var before, recent []int64
		if len(values) == 1 {
			if err := json.Unmarshal([]byte(values[0]), &before); err != nil {
				return fmt.Errorf("setting %s: %w", name, err)
			}
		}
		for _, at := range before {
			// A time ahead of now is another clock's, and counts.
			if at > now-window.Milliseconds() {
				recent = append(recent, at)
			}
		}
		if len(recent) >= most {
			wait = max(time.Millisecond, time.Duration(recent[len(recent)-most]-now)*time.Millisecond+window)
			return nil
		}
		b, err := json.Marshal(append(recent, now))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, write, name, string(b))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count sign-ins of %s: %w", account, err)
	}
	return wait, nil
}
