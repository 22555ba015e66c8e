package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// journal is the sandbox's file: lines appended and never changed.
//
//	b BYTES   a blob (a product's content, an answer to repeat), named by its
//	          offset and length in the entries after it
//	e JSON    an entry: the whole of one record, the latest one counts
//	c         everything since the last c belongs together and is done
//
// Lines are collected by blob and entry and written by flush in one write,
// before the answer leaves. What stands after the last c was never answered
// and is cut off when the file is opened.
type journal struct {
	file *os.File // nil: in memory, blobs carry their bytes
	name string
	lock io.Closer
	size int64 // what is in the file
	buf  []byte
}

// errInUse: another process has the file open.
var errInUse = errors.New("in use by another sandbox")

// blob names bytes that are kept out of memory: in the file, or in mem when
// there is none.
type blob struct {
	Off int64 `json:"o"`
	Len int   `json:"n"`
	mem []byte
}

// blob takes bytes without a line end and returns their name.
func (j *journal) blob(data []byte) blob {
	if len(data) == 0 {
		return blob{}
	}
	if j.file == nil {
		return blob{Len: len(data), mem: data}
	}
	j.buf = append(j.buf, 'b', ' ')
	b := blob{Off: j.size + int64(len(j.buf)), Len: len(data)}
	j.buf = append(j.buf, data...)
	j.buf = append(j.buf, '\n')
	return b
}

// load returns a blob's bytes, flushed or not. The caller may keep them.
func (j *journal) load(b blob) ([]byte, error) {
	if b.Len == 0 {
		return nil, nil
	}
	if j.file == nil {
		return b.mem, nil
	}
	data := make([]byte, b.Len)
	if b.Off >= j.size {
		copy(data, j.buf[b.Off-j.size:])
		return data, nil
	}
	if _, err := j.file.ReadAt(data, b.Off); err != nil {
		return nil, fmt.Errorf("sandbox file: read at %d: %w", b.Off, err)
	}
	return data, nil
}

func (j *journal) entry(e entry) error {
	if j.file == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	j.buf = append(j.buf, 'e', ' ')
	j.buf = append(j.buf, line...)
	j.buf = append(j.buf, '\n')
	return nil
}

// flush writes what was collected. After an error the file holds nothing of it
// that counts, but memory does: the sandbox must answer nothing more.
func (j *journal) flush() error {
	if j.file == nil || len(j.buf) == 0 {
		return nil
	}
	j.buf = append(j.buf, 'c', '\n')
	n, err := j.file.WriteAt(j.buf, j.size)
	if err != nil {
		return fmt.Errorf("sandbox file: write: %w", err)
	}
	j.size += int64(n)
	if cap(j.buf) > 1<<20 {
		j.buf = nil
	}
	j.buf = j.buf[:0]
	return nil
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	err := j.flush()
	return errors.Join(err, j.file.Close(), j.lock.Close())
}

// openJournal opens or makes the file, hands every finished entry to apply in
// the order written, and cuts off a torn end.
func openJournal(path string, apply func(entry) error) (*journal, error) {
	if path == "" {
		return &journal{}, nil
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("sandbox file %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox file: %w", err), lock.Close())
	}
	j := &journal{file: file, name: path, lock: lock}
	if j.size, err = replay(file, apply); err == nil {
		err = file.Truncate(j.size)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox file %s: %w", path, err), file.Close(), lock.Close())
	}
	return j, nil
}

// replay returns where the last finished group of lines ends.
func replay(file io.Reader, apply func(entry) error) (int64, error) {
	in := bufio.NewReaderSize(file, 1<<20)
	var at, done int64
	var group []entry
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return done, nil // a line without its end is torn
		}
		if err != nil {
			return 0, err
		}
		at += int64(len(line))
		switch {
		case bytes.HasPrefix(line, []byte("e ")):
			var e entry
			if err := json.Unmarshal(line[2:], &e); err != nil {
				return 0, fmt.Errorf("at %d: %w", at-int64(len(line)), err)
			}
			group = append(group, e)
		case string(line) == "c\n":
			for _, e := range group {
				if err := apply(e); err != nil {
					return 0, err
				}
			}
			group, done = group[:0], at
		case !bytes.HasPrefix(line, []byte("b ")):
			return 0, fmt.Errorf("at %d: not a line of a sandbox file", at-int64(len(line)))
		}
	}
}
