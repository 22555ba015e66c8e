package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
)

// compactAt is how large a file must be to be looked at while in use.
const compactAt = 256 << 20

// compact rewrites the file when more than half of it is out of date. sb.mu is
// held. After an error the sandbox can't go on.
func (sb *Sandbox) compact() error {
	if sb.j.file == nil {
		return nil
	}
	if err := sb.j.flush(); err != nil {
		return err
	}
	sb.look = max(compactAt, 3*sb.j.size)
	live := int64(4096)
	for _, m := range []*market{sb.pm, sb.vs} {
		for _, a := range m.accounts {
			a.tidy(sb.now())
		}
		live += m.weight()
	}
	if sb.j.size < 1<<20 || sb.j.size < 2*live {
		return nil
	}
	path := sb.j.name
	tmp, err := os.OpenFile(path+".tmp", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	fresh := &journal{file: tmp, lock: sb.j.lock}
	for _, m := range []*market{sb.pm, sb.vs} {
		if err := m.rewrite(sb.j, fresh); err != nil {
			return err
		}
	}
	if err := fresh.flush(); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	if d, err := os.Open(filepath.Dir(path)); err == nil {
		_ = d.Sync() // not every file system can
		_ = d.Close()
	}
	fresh.name = path
	_ = sb.j.file.Close()
	*sb.j = *fresh
	sb.look = max(compactAt, 3*sb.j.size)
	return nil
}

// weight is about how many bytes a fresh file would need.
func (m *market) weight() int64 {
	var n int64
	for _, a := range m.accounts {
		for _, r := range a.rows {
			n += int64(r.cur.Content.Len) + 400
		}
		for _, k := range a.keys {
			n += int64(k.Answer.Len) + 200
		}
	}
	return n + int64(len(m.shops))*700 + int64(len(m.media))*250
}

// rewrite copies everything that counts from one file to another, and lets
// memory point into the new one.
func (m *market) rewrite(from, to *journal) error {
	var failed error
	moved := map[int64]blob{} // versions share their content
	move := func(b *blob) {
		was := b.Off
		if now, done := moved[was]; done && b.Len > 0 {
			*b = now
			return
		}
		data, err := from.load(*b)
		if err != nil && failed == nil {
			failed = err
		}
		*b = to.blob(data)
		moved[was] = *b
	}
	put := func(e entry) {
		e.Market = m.name
		if err := to.entry(e); err != nil && failed == nil {
			failed = err
		}
		if len(to.buf) > 1<<20 {
			if err := to.flush(); err != nil && failed == nil {
				failed = err
			}
		}
	}
	put(entry{Meta: &m.meta})
	for _, a := range m.accounts {
		put(entry{Account: &a.rec})
	}
	for _, s := range m.shops {
		move(&s.Input)
		put(entry{Shop: &s.shopRecord})
	}
	for _, img := range m.media {
		put(entry{Media: img})
	}
	for _, a := range m.accounts {
		// In the order of the changes, which lists by change need.
		for _, c := range a.changes {
			if c.p != c.row.cur {
				continue
			}
			move(&c.p.Content)
			put(entry{Product: c.p})
			for _, old := range c.row.old {
				move(&old.Content)
			}
			clear(moved)
		}
		for _, k := range a.keyAge {
			move(&k.Answer)
			put(entry{Key: k})
		}
	}
	for _, l := range m.late {
		put(entry{Late: l})
	}
	return failed
}
