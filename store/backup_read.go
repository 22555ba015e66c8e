package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
)

// ErrNotBackup says that a file is no backup of this program, or not a whole
// one: cut off, changed, or of a form that this version can't read.
var ErrNotBackup = errors.New("not a whole backup")

// maxBackupLine bounds a line: a picture of 2 MiB and what stands around it
// fit many times over.
const maxBackupLine = 64 << 20

// CheckBackup reads a backup to its end and proves that it is whole and
// unchanged; else it fails with ErrNotBackup. It returns what the backup says
// of itself and its sum.
func CheckBackup(ctx context.Context, r io.Reader, progress func(done, total int64)) (BackupHeader, string, error) {
	b, err := openBackup(r)
	if err != nil {
		return BackupHeader{}, "", err
	}
	total, done := b.header.Rows(""), int64(0)
	for _, table := range b.header.Tables {
		for range table.Rows {
			if _, err := b.row(table); err != nil {
				return b.header, "", err
			}
			if done++; done%backupStep == 0 {
				if err := ctx.Err(); err != nil {
					return b.header, "", err
				}
				if progress != nil {
					progress(done, total)
				}
			}
		}
	}
	sum, err := b.end()
	if err == nil && progress != nil {
		progress(done, total)
	}
	return b.header, sum, err
}

// backupReader reads a backup line by line and sums it up.
type backupReader struct {
	header BackupHeader
	lines  *bufio.Reader
	buf    []byte
	sum    hash.Hash
	rows   int64
}

func openBackup(r io.Reader) (*backupReader, error) {
	zip, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return nil, notBackup(err)
	}
	b := &backupReader{lines: bufio.NewReaderSize(zip, 1<<16), sum: sha256.New()}
	line, err := b.line()
	if err != nil {
		return nil, err
	}
	b.sum.Write(line)
	if err := json.Unmarshal(line, &b.header); err != nil {
		return nil, notBackup(err)
	}
	h := b.header
	if h.Format != backupFormat || h.Version != backupVersion {
		return nil, fmt.Errorf("%w: format %q, version %d", ErrNotBackup, h.Format, h.Version)
	}
	for _, t := range h.Tables { // names become part of statements
		if !slices.Contains(backupTables, t.Name) || len(t.Columns) == 0 || t.Rows < 0 {
			return nil, fmt.Errorf("%w: table %q", ErrNotBackup, t.Name)
		}
	}
	return b, nil
}

func notBackup(err error) error { return fmt.Errorf("%w: %w", ErrNotBackup, err) }

// line is the next line, valid until the one after it.
func (b *backupReader) line() ([]byte, error) {
	b.buf = b.buf[:0]
	for {
		part, err := b.lines.ReadSlice('\n')
		b.buf = append(b.buf, part...)
		switch {
		case err == nil:
			return b.buf, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, notBackup(err)
		case len(b.buf) > maxBackupLine:
			return nil, fmt.Errorf("%w: a line of more than %d bytes", ErrNotBackup, maxBackupLine)
		}
	}
}

// row is the next row, of table.
func (b *backupReader) row(table BackupTable) ([]any, error) {
	line, err := b.line()
	if err != nil {
		return nil, err
	}
	b.sum.Write(line)
	b.rows++
	var cells []json.RawMessage
	if err := json.Unmarshal(line, &cells); err != nil {
		return nil, notBackup(err)
	}
	if len(cells) != len(table.Columns) {
		return nil, fmt.Errorf("%w: table %s: a row of %d values", ErrNotBackup, table.Name, len(cells))
	}
	row := make([]any, len(cells))
	for i, c := range table.Columns {
		if row[i], err = cell(c.Kind, cells[i]); err != nil {
			return nil, fmt.Errorf("%w: column %s.%s: %w", ErrNotBackup, table.Name, c.Name, err)
		}
	}
	return row, nil
}

func cell(kind string, raw json.RawMessage) (any, error) {
	if bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	switch kind {
	case "int":
		return strconv.ParseInt(string(raw), 10, 64)
	case "bool":
		return strconv.ParseBool(string(raw))
	case "text":
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case "bytes":
		b := []byte{}
		err := json.Unmarshal(raw, &b)
		return b, err
	}
	return nil, fmt.Errorf("unknown kind %q", kind)
}

// end reads the last line and compares it with what was read; nothing may
// follow.
func (b *backupReader) end() (string, error) {
	sum := hex.EncodeToString(b.sum.Sum(nil))
	line, err := b.line()
	if err != nil {
		return "", err
	}
	var end backupEnd
	if err := json.Unmarshal(line, &end); err != nil {
		return "", notBackup(err)
	}
	if end.SHA256 != sum || end.Rows != b.rows {
		return "", fmt.Errorf("%w: its checksum does not fit", ErrNotBackup)
	}
	if _, err := b.lines.ReadByte(); !errors.Is(err, io.EOF) { // reads gzip's own checksum, too
		return "", fmt.Errorf("%w: something follows its end", ErrNotBackup)
	}
	return sum, nil
}
