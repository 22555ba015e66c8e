package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"lensan/store/catalog"
)

// ImportOptions say how an import is to be taken.
type ImportOptions struct {
	By string // who asks for it
	// DryRun does all the work and writes nothing.
	DryRun bool
	// Partial says that the register holds only a part of the products, so that
	// fewer rows than last time mean nothing.
	Partial bool
	// Complete declares the register whole for a scope (communes, districts,
	// sets, stars, producers, products): what is missing there becomes a
	// proposed withdrawal. Nil: nothing is missing by absence.
	Complete *catalog.Scope
	// EraseBlanks lets a blank cell, in a column that the sheet has, erase what
	// is known. Default: a blank never erases.
	EraseBlanks bool
	// Canaries are products that must be of 3 stars or better after every
	// import, and stand in every whole register.
	Canaries []string
	// Confirm is the id of a held import of the same bytes that a person has
	// looked at and wants.
	Confirm string
	// Limits bound what an import may do before a person must confirm it.
	// Default DefaultImportLimits.
	Limits ImportLimits
}

// What Apply may end in beside other errors.
var (
	// ErrImportHeld: the report says why; nothing was taken over.
	ErrImportHeld = errors.New("the import is held for confirmation")
	// ErrNotHeld: Confirm names no held import of these bytes.
	ErrNotHeld = errors.New("no held import of that id with the same contents")
)

// Import is one import being read. It is a register.Sink; Apply then merges
// all that was read in one transaction. It is for one goroutine.
type Import struct {
	s       *Store
	opts    ImportOptions
	stage   *stage
	files   []string
	digest  []byte
	sheets  []catalog.SheetRead
	hasRows bool // a register sheet was read, whatever its rows
}

// BeginImport begins an import; Close must follow. Nothing is written to the
// record before Apply.
func (s *Store) BeginImport(ctx context.Context, opts ImportOptions) (*Import, error) {
	if opts.Limits == (ImportLimits{}) {
		opts.Limits = DefaultImportLimits
	}
	g, err := newStage(ctx)
	if err != nil {
		return nil, err
	}
	return &Import{s: s, opts: opts, stage: g}, nil
}

// Close removes what was staged. It may be called twice.
func (i *Import) Close() error {
	if i.stage == nil {
		return nil
	}
	g := i.stage
	i.stage = nil
	return g.close()
}

// Source takes the name and digest of a file.
func (i *Import) Source(_ context.Context, name, sum string) error {
	i.files = append(i.files, strings.ToValidUTF8(name, "\ufffd"))
	i.addDigest("file", sum)
	return nil
}

// addDigest chains what was read, so that the same files give the same digest.
func (i *Import) addDigest(kind, sum string) {
	h := sha256.Sum256([]byte(hex.EncodeToString(i.digest) + kind + sum))
	i.digest = h[:]
}

// Products, SKUs, Communes and Doubts take rows.
func (i *Import) Products(ctx context.Context, rows []catalog.ProductRow) error {
	return i.stage.products(ctx, rows)
}

// SKUs takes rows by SKU.
func (i *Import) SKUs(ctx context.Context, rows []catalog.SKURow) error {
	return i.stage.skus(ctx, rows)
}

// Communes takes rows of the table of communes.
func (i *Import) Communes(ctx context.Context, rows []catalog.Commune) error {
	return i.stage.communes(ctx, rows)
}

// Doubts takes refused cells and rows.
func (i *Import) Doubts(ctx context.Context, doubts []catalog.Doubt) error {
	return i.stage.doubts(ctx, doubts...)
}

// SheetRead takes what was made of a sheet.
func (i *Import) SheetRead(_ context.Context, sheet catalog.SheetRead) error {
	i.sheets = append(i.sheets, sheet)
	i.hasRows = i.hasRows || strings.HasPrefix(sheet.Kind, "products")
	return nil
}

// AllDoubts streams every doubt of the import, those that the merge found
// included, in the order in which they arose. Valid until Close.
func (i *Import) AllDoubts(ctx context.Context) iter.Seq2[catalog.Doubt, error] {
	return bodies[catalog.Doubt](ctx, i.stage, "doubts")
}

// AllPictureProblems streams every picture that a SKU names and does not have.
// Valid until Close.
func (i *Import) AllPictureProblems(ctx context.Context) iter.Seq2[PictureProblem, error] {
	return bodies[PictureProblem](ctx, i.stage, "picture_problems")
}

// errRollback ends the transaction of a dry run or of a held import.
var errRollback = errors.New("rolled back on purpose")

// importLock keeps two imports on PostgreSQL from merging at once; SQLite has
// one writer anyway.
const importLock = `SELECT pg_advisory_xact_lock(7405290871)`

// Apply merges what was read, in one transaction, and reports. With
// ErrImportHeld and DryRun nothing of it was taken over; a held import is
// recorded as held, with its doubts. The same files again change nothing.
func (i *Import) Apply(ctx context.Context) (ImportReport, error) {
	if _, err := i.stage.db.ExecContext(ctx, stageIndexes); err != nil {
		return ImportReport{}, fmt.Errorf("stage: %w", err)
	}
	m := &merge{Import: i, now: i.s.nowMillis(), touched: map[string]bool{}, hits: newHits()}
	m.report = ImportReport{
		ID: newID("i", i.s.Now()), Files: i.files, Digest: hex.EncodeToString(i.digest), Sheets: i.sheets,
		State: ImportApplied, At: i.s.Now(), By: i.opts.By, DryRun: i.opts.DryRun,
	}
	err := i.s.inTx(ctx, func(t *tx) error {
		m.tx = t
		if err := m.run(ctx); err != nil {
			return err
		}
		if i.opts.DryRun || m.report.State == ImportHeld {
			return errRollback
		}
		return m.record(ctx)
	})
	switch {
	case errors.Is(err, errRollback) && m.report.State == ImportHeld:
		if !i.opts.DryRun {
			if err := i.recordHeld(ctx, m); err != nil {
				return m.report, err
			}
		}
		return m.report, ErrImportHeld
	case errors.Is(err, errRollback):
		return m.report, nil
	case err != nil:
		return ImportReport{}, fmt.Errorf("import: %w", err)
	}
	return m.report, nil
}

// recordHeld keeps a held import in the record, for a person to decide.
func (i *Import) recordHeld(ctx context.Context, m *merge) error {
	err := i.s.inTx(ctx, func(t *tx) error {
		m.tx = t
		return m.record(ctx)
	})
	if err != nil {
		return fmt.Errorf("record held import: %w", err)
	}
	return nil
}

// merge is the one transaction of an import.
type merge struct {
	*Import
	tx       *tx
	now      int64
	report   ImportReport
	places   places
	touched  map[string]bool // producers that this import has set already
	hits     *hits
	newSKUs  []newSKU
	renames  []Event
	replaces string // the held import that this one confirms
}

// run merges in the order in which records lean on each other.
func (m *merge) run(ctx context.Context) error {
	if m.s.dialect.name == "postgres" {
		if _, err := m.tx.exec(ctx, importLock); err != nil {
			return err
		}
	}
	steps := []func(context.Context) error{
		m.checkConfirm, m.mergeCommunes, m.mergeProducers, m.mergeProducts, m.mergePictures, m.mergeSKUs,
		m.findSuccessions, m.findMissing, m.judge,
	}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return m.countDoubts(ctx)
}

func (m *merge) checkConfirm(ctx context.Context) error {
	if m.opts.Confirm == "" {
		return nil
	}
	var n int
	const query = `SELECT count(*) FROM imports WHERE id = ? AND state = 'held' AND digest = ?`
	if err := m.tx.GetContext(ctx, &n, m.tx.Rebind(query), m.opts.Confirm, m.report.Digest); err != nil {
		return err
	}
	if n == 0 {
		return ErrNotHeld
	}
	m.replaces = m.opts.Confirm
	return nil
}

func (m *merge) countDoubts(ctx context.Context) (err error) {
	if m.report.DoubtCount, err = m.stage.count(ctx, `count(*) FROM doubts`); err != nil {
		return err
	}
	if m.report.RowsRefused, err = m.stage.count(ctx, `count(*) FROM doubts WHERE json_extract(body, '$.row_refused')`); err != nil {
		return err
	}
	m.report.PictureProblems, err = m.stage.count(ctx, `count(*) FROM picture_problems`)
	return err
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
