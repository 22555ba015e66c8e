package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store"
)

// bom tells Excel that a CSV is UTF-8.
const bom = "\ufeff"

func (a *app) exportCommand() *cobra.Command {
	var flags scopeFlags
	var products bool
	var reasons []string
	c := a.command("export FILE", cobra.ExactArgs(1), []Exit{ExitTemporary, ExitNoScope}, func(ctx context.Context, args []string) error {
		scope, err := a.scope(flags)
		if err != nil {
			return err
		}
		filter, err := a.filterOf(scope, reasons)
		if err != nil {
			return err
		}
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		rows := 0
		err = replaceFile(args[0], 0o644, func(out io.Writer) error {
			rows, err = a.exportRows(ctx, s, out, filter, products, scope.Limit)
			if err == nil && rows == 0 {
				return a.fail(ExitNoScope, text.ScopeEmpty)
			}
			return err
		})
		var path *fs.PathError
		if errors.As(err, &path) {
			return a.fail(ExitUsage, text.FileNotWritten, "file", args[0], "why", path.Err.Error())
		}
		if err != nil {
			return err
		}
		a.markSandbox(a.err)
		a.say(text.Exported, "file", args[0], "n", text.Number(a.lang, int64(rows)))
		return nil
	})
	a.addScope(c.Flags(), &flags)
	c.Flags().Lookup("only").Usage = text.FlagOnlyShown.In(a.lang)
	c.Flags().BoolVar(&products, "products", false, text.FlagProducts.In(a.lang))
	c.Flags().StringArrayVar(&reasons, "reason", nil, text.FlagReason.In(a.lang))
	return c
}

// exportRows writes a CSV with headings in people's words.
func (a *app) exportRows(ctx context.Context, s *store.Store, out io.Writer, f store.Filter, products bool, limit int) (int, error) {
	if _, err := io.WriteString(out, bom); err != nil {
		return 0, err
	}
	n := 0
	if products {
		w := report.NewWriter(out, report.FormatCSV, "product_status", nil, a.productColumns()...)
		for r, err := range s.AllProductStatus(ctx, f) {
			if err != nil {
				return n, err
			}
			if limit > 0 && n == limit {
				break
			}
			n++
			w.Row(a.productCells(r)...)
		}
		return n, w.Close()
	}
	w := report.NewWriter(out, report.FormatCSV, "sync_status", nil, a.skuColumns()...)
	for r, err := range s.AllSyncStatus(ctx, f) {
		if err != nil {
			return n, err
		}
		if limit > 0 && n == limit {
			break
		}
		n++
		w.Row(a.skuCells(r)...)
	}
	return n, w.Close()
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, mode os.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".lensan-export-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone once renamed
	buffered := bufio.NewWriter(f)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), mode); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
