package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"lensan/cmd/lensan/text"
	"lensan/store"
)

func (a *app) renameSKUCommand() *cobra.Command {
	return a.command("rename-sku OLD NEW", cobra.ExactArgs(2), []Exit{ExitTemporary, ExitNoScope}, func(ctx context.Context, args []string) error {
		args = nfc(args)
		if args[0] == args[1] || args[1] == "" {
			return a.fail(ExitUsage, text.SKUSame)
		}
		s, err := a.openStore(ctx, false)
		if err != nil {
			return err
		}
		err = s.RenameSKU(ctx, args[0], args[1], operator())
		switch {
		case errors.Is(err, store.ErrNoSKU):
			return a.fail(ExitNoScope, text.NoSKU, "sku", args[0])
		case errors.Is(err, store.ErrSKUTaken):
			return a.fail(ExitUsage, text.SKUTaken, "sku", args[1])
		case errors.Is(err, store.ErrSKUBusy):
			return a.fail(ExitTemporary, text.SKUBusy, "sku", args[0])
		case err != nil:
			return err
		}
		a.say(text.SKURenamed, "old", args[0], "new", args[1])
		return nil
	})
}
