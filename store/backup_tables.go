package store

import (
	"context"
	"fmt"
	"strings"
)

// backupTables are the tables that a backup holds, each after those it refers
// to. A test fails when a table of the database is neither here nor among
// those left out.
var backupTables = []string{
	"settings", "communes", "producers", "products", "recognitions", "product_current", "skus", "images", "sku_images", "image_sources",
	"imports", "import_doubts", "withdrawals", "sku_renames", "sku_successions",
	"accounts", "shops", "media", "listings", "unlinked_listings", "product_states", "decisions",
	"plans", "plan_items", "runs", "items", "intents", "events", "schedules", "coverage_days", "summary_days",
}

// backupLeavesOut are the tables that no backup holds, and why.
var backupLeavesOut = map[string]string{
	"sessions":         "secret: the hash of a cookie; everybody signs in again",
	"api_tokens":       "secret: an old copy would bring tokens back that were revoked since",
	"sign_ins":         "who failed to sign in, and from where; worth nothing after an hour",
	"leases":           "held by processes that run now",
	"batches":          "wake-ups of a queue that a copy has not",
	"lane_pace":        "how fast lanes were used lately",
	"goose_db_version": "in the header, as the version of the tables",
	"sqlite_sequence":  "SQLite's own",
}

// settingRestoring marks a database into which a backup is being restored, or
// was not restored to its end.
const settingRestoring = "restoring"

// tableNames are the tables of the database.
func (t *tx) tableNames(ctx context.Context) (map[string]bool, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if t.dialect.name == "postgres" {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	var names []string
	if err := t.SelectContext(ctx, &names, query); err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out, nil
}

// columns are the columns of a table and their kinds.
func (t *tx) columns(ctx context.Context, table string) ([]BackupColumn, error) {
	rows, err := t.QueryContext(ctx, `SELECT * FROM `+table+` LIMIT 0`)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	var out []BackupColumn
	for _, c := range types {
		kind, ok := columnKinds[strings.ToUpper(c.DatabaseTypeName())]
		if !ok {
			return nil, fmt.Errorf("column %s.%s is of a kind that backups don't know: %s", table, c.Name(), c.DatabaseTypeName())
		}
		out = append(out, BackupColumn{Name: c.Name(), Kind: kind})
	}
	return out, rows.Err()
}

// columnKinds maps the engines' names of types.
var columnKinds = map[string]string{
	"TEXT": "text", "BIGINT": "int", "INT8": "int", "BOOLEAN": "bool", "BOOL": "bool", "BLOB": "bytes", "BYTEA": "bytes",
}

// eachRow hands over the rows of a table, one at a time. The slice is used
// again for the next.
func (t *tx) eachRow(ctx context.Context, table BackupTable, fn func([]any) error) error {
	rows, err := t.QueryContext(ctx, `SELECT `+columnList(table.Columns)+` FROM `+table.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, into := make([]any, len(table.Columns)), make([]any, len(table.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, c := range table.Columns {
			switch v := values[i].(type) { // one form, whichever engine wrote it
			case []byte:
				if c.Kind == "text" {
					values[i] = string(v)
				}
			case int64:
				if c.Kind == "bool" {
					values[i] = v != 0
				}
			}
		}
		if err := fn(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func columnList(columns []BackupColumn) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = `"` + c.Name + `"`
	}
	return strings.Join(names, ", ")
}
