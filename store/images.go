package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// pictureKey is the form in which names of pictures are compared.
func pictureKey(name string) string { return strings.ToLower(fold.Clean(name)) }

// PictureNames gives every name of a picture that the rows have named, each
// once.
func (i *Import) PictureNames(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		after := ""
		for {
			var rows []struct {
				Key  string `db:"name_key"`
				Name string `db:"name"`
			}
			if err := i.stage.db.SelectContext(ctx, &rows, `SELECT name_key, name FROM names WHERE name_key > ? ORDER BY name_key LIMIT 500`, after); err != nil {
				yield("", fmt.Errorf("stage: %w", err))
				return
			}
			for _, r := range rows {
				if !yield(r.Name, nil) {
					return
				}
				after = r.Key
			}
			if len(rows) < 500 {
				return
			}
		}
	}
}

// KnownPicture finds what a file of these bytes was stored as; empty: it has
// not been seen, in the record or in this import.
func (i *Import) KnownPicture(ctx context.Context, source string) (string, error) {
	var sha string
	err := i.stage.db.GetContext(ctx, &sha, `SELECT sha256 FROM pictures WHERE source = ? AND sha256 <> '' LIMIT 1`, source)
	if errors.Is(err, sql.ErrNoRows) {
		err = i.s.getRow(ctx, &sha, `SELECT s.sha256 FROM image_sources s JOIN images m ON m.sha256 = s.sha256 WHERE s.source_sha256 = ?`, source)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find picture: %w", err)
	}
	return sha, nil
}

// Picture takes a picture, or why there is none under its name.
func (i *Import) Picture(ctx context.Context, p catalog.PictureFile) error {
	i.addDigest("picture "+pictureKey(p.Name), p.SourceSHA256+p.Problem)
	args, err := toJSON(p.Args)
	if err != nil {
		return err
	}
	const name = `INSERT OR REPLACE INTO pictures (name_key, source, sha256, problem, args) VALUES (?, ?, ?, ?, ?)`
	if _, err := i.stage.db.ExecContext(ctx, name, pictureKey(p.Name), p.SourceSHA256, p.SHA256, p.Problem, args); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	if p.Problem != "" || p.Bytes == nil {
		return nil
	}
	const content = `INSERT OR IGNORE INTO images (sha256, type, width, height, bytes) VALUES (?, ?, ?, ?, ?)`
	if _, err := i.stage.db.ExecContext(ctx, content, p.SHA256, p.Type, p.Width, p.Height, p.Bytes); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	return nil
}

// mergePictures stores contents that the record does not have, one at a time.
func (m *merge) mergePictures(ctx context.Context) error {
	var err error
	if m.report.Counts.Pictures.Read, err = m.stage.count(ctx, `count(*) FROM pictures`); err != nil {
		return err
	}
	err = m.stage.keys(ctx, "images", "sha256", func(hashes []string) error {
		var have []string
		if err := m.tx.selectIn(ctx, &have, `SELECT sha256 FROM images WHERE sha256 IN (?)`, hashes); err != nil {
			return err
		}
		known := map[string]bool{}
		for _, h := range have {
			known[h] = true
		}
		for _, h := range hashes {
			if known[h] {
				continue
			}
			if err := m.storeImage(ctx, h); err != nil {
				return err
			}
			m.report.Counts.Pictures.Added++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("pictures: %w", err)
	}
	if m.report.Counts.Pictures.Unchanged, err = m.stage.count(ctx, `count(DISTINCT sha256) FROM pictures WHERE sha256 <> ''`); err != nil {
		return err
	}
	m.report.Counts.Pictures.Unchanged -= m.report.Counts.Pictures.Added
	return m.rememberSources(ctx)
}

func (m *merge) storeImage(ctx context.Context, hash string) error {
	var row struct {
		Type   string `db:"type"`
		Width  int    `db:"width"`
		Height int    `db:"height"`
		Bytes  []byte `db:"bytes"`
	}
	if err := m.stage.db.GetContext(ctx, &row, `SELECT type, width, height, bytes FROM images WHERE sha256 = ?`, hash); err != nil {
		return err
	}
	const insert = `INSERT INTO images (sha256, type, width, height, size, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING`
	_, err := m.tx.exec(ctx, insert, hash, row.Type, row.Width, row.Height, len(row.Bytes), row.Bytes, m.now)
	return err
}

// rememberSources notes which file became which picture.
func (m *merge) rememberSources(ctx context.Context) error {
	return m.stage.keys(ctx, "pictures", "source", func(sources []string) error {
		var rows []struct {
			Source string `db:"source"`
			SHA256 string `db:"sha256"`
		}
		if err := m.stage.selectIn(ctx, &rows, `SELECT DISTINCT source, sha256 FROM pictures WHERE source IN (?) AND sha256 <> ''`, sources); err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		var args []any
		for _, r := range rows {
			args = append(args, r.Source, r.SHA256)
		}
		_, err := m.tx.exec(ctx, `INSERT INTO image_sources (source_sha256, sha256) VALUES `+tuples(len(rows), 2)+
			` ON CONFLICT (source_sha256) DO UPDATE SET sha256 = excluded.sha256 WHERE image_sources.sha256 <> excluded.sha256`, args...)
		return err
	})
}
