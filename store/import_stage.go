package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"

	"lensan/store/catalog"
	"lensan/store/fold"
)

// stage holds what an import has read until it is merged: a database of its
// own in a private temporary folder, gone when the import is closed. So
// reading a large register takes no memory and keeps no lock on the record,
// and its rows can be taken in the order of their keys, which brings the rows
// of one product together.
type stage struct {
	dir string
	db  *sqlx.DB
}

const stageSchema = `
CREATE TABLE products (
  seq INTEGER PRIMARY KEY, code TEXT NOT NULL, decided_on TEXT NOT NULL, body TEXT NOT NULL,
  name_key TEXT NOT NULL, commune TEXT NOT NULL, tax TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL, address TEXT NOT NULL
);
CREATE TABLE producers (name_key TEXT NOT NULL, commune TEXT NOT NULL, tax TEXT NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (name_key, commune, tax)) WITHOUT ROWID;
CREATE TABLE skus (seq INTEGER PRIMARY KEY, sku TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE communes (code TEXT PRIMARY KEY, name TEXT NOT NULL, district TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE doubts (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE names (name_key TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pictures (name_key TEXT PRIMARY KEY, source TEXT NOT NULL, sha256 TEXT NOT NULL, problem TEXT NOT NULL, args TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE images (sha256 TEXT PRIMARY KEY, type TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE picture_problems (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);`

const stageIndexes = `
CREATE INDEX products_by_code ON products (code, decided_on, seq);
CREATE INDEX products_by_producer ON products (name_key, commune, seq);
CREATE INDEX skus_by_sku ON skus (sku, seq);`

func newStage(ctx context.Context) (*stage, error) {
	dir, err := os.MkdirTemp("", "lensan-import-") // for this user's eyes only
	if err != nil {
		return nil, fmt.Errorf("folder for the import: %w", err)
	}
	db, err := sqlx.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(dir, "stage.db"))+
		"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)&_pragma=cache_size(-8000)&_pragma=temp_store(FILE)")
	if err == nil {
		db.SetMaxOpenConns(1)
		_, err = db.ExecContext(ctx, stageSchema)
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("stage the import: %w", err)
	}
	return &stage{dir: dir, db: db}, nil
}

func (g *stage) close() error {
	err := g.db.Close()
	if e := os.RemoveAll(g.dir); err == nil {
		err = e
	}
	return err
}

// insert writes rows of n values each, some hundreds a statement.
func (g *stage) insert(ctx context.Context, head string, n int, values []any) error {
	for _, part := range chunk(values, n*(sqliteDialect.maxVars/n/8)) {
		if _, err := g.db.ExecContext(ctx, head+" VALUES "+tuples(len(part)/n, n), part...); err != nil {
			return fmt.Errorf("stage: %w", err)
		}
	}
	return nil
}

func (g *stage) products(ctx context.Context, rows []catalog.ProductRow) error {
	var values []any
	for _, r := range rows {
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		key := ""
		if r.Producer.Name != "" {
			key = fold.ProducerKey(r.Producer.Name)
		}
		values = append(values, r.Product.Code, string(r.Recognition.Date), string(body), key, r.Producer.CommuneCode, r.Producer.TaxCode, r.Producer.Name, r.Producer.Phone, r.Producer.Address)
	}
	return g.insert(ctx, `INSERT INTO products (code, decided_on, body, name_key, commune, tax, name, phone, address)`, 9, values)
}

func (g *stage) skus(ctx context.Context, rows []catalog.SKURow) error {
	var values, names []any
	for _, r := range rows {
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		values = append(values, r.SKU.Code, string(body))
		for _, i := range r.SKU.Images {
			names = append(names, pictureKey(i.Name), i.Name)
		}
	}
	if err := g.insert(ctx, `INSERT INTO skus (sku, body)`, 2, values); err != nil {
		return err
	}
	return g.insert(ctx, `INSERT OR IGNORE INTO names (name_key, name)`, 2, names)
}

func (g *stage) communes(ctx context.Context, rows []catalog.Commune) error {
	var values []any
	for _, c := range rows {
		values = append(values, c.Code, c.Name, c.District)
	}
	return g.insert(ctx, `INSERT OR REPLACE INTO communes (code, name, district)`, 3, values)
}

func (g *stage) doubts(ctx context.Context, doubts ...catalog.Doubt) error {
	var values []any
	for _, d := range doubts {
		body, err := json.Marshal(d)
		if err != nil {
			return err
		}
		values = append(values, string(body))
	}
	return g.insert(ctx, `INSERT INTO doubts (body)`, 1, values)
}

func (g *stage) pictureProblems(ctx context.Context, problems []PictureProblem) error {
	var values []any
	for _, p := range problems {
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		values = append(values, string(body))
	}
	return g.insert(ctx, `INSERT INTO picture_problems (body)`, 1, values)
}

// bodies streams the JSON bodies of a table in order, a page at a time.
func bodies[T any](ctx context.Context, g *stage, table string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		after := int64(0)
		for {
			var rows []struct {
				Seq  int64  `db:"seq"`
				Body string `db:"body"`
			}
			if err := g.db.SelectContext(ctx, &rows, `SELECT seq, body FROM `+table+` WHERE seq > ? ORDER BY seq LIMIT 1000`, after); err != nil {
				var zero T
				yield(zero, fmt.Errorf("stage: %w", err))
				return
			}
			for _, r := range rows {
				var v T
				err := json.Unmarshal([]byte(r.Body), &v)
				if !yield(v, err) || err != nil {
					return
				}
				after = r.Seq
			}
			if len(rows) < 1000 {
				return
			}
		}
	}
}

// selectIn reads staged rows with slices expanded.
func (g *stage) selectIn(ctx context.Context, dest any, query string, args ...any) error {
	q, a, err := sqlx.In(query, args...)
	if err == nil {
		err = g.db.SelectContext(ctx, dest, q, a...)
	}
	if err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	return nil
}

// keys pages through the distinct values of a key column.
func (g *stage) keys(ctx context.Context, table, column string, fn func(keys []string) error) error {
	const page = 500
	after := ""
	for {
		var keys []string
		err := g.db.SelectContext(ctx, &keys, `SELECT DISTINCT `+column+` FROM `+table+` WHERE `+column+` > ? ORDER BY 1 LIMIT ?`, after, page)
		if err != nil {
			return fmt.Errorf("stage: %w", err)
		}
		if len(keys) == 0 {
			return nil
		}
		if err := fn(keys); err != nil {
			return err
		}
		after = keys[len(keys)-1]
	}
}

// count counts rows or distinct values.
func (g *stage) count(ctx context.Context, what string) (n int, err error) {
	if err = g.db.GetContext(ctx, &n, `SELECT `+what); err != nil {
		err = fmt.Errorf("stage: %w", err)
	}
	return n, err
}
