package store

import (
	"context"
	"fmt"

	"lensan/store/catalog"
)

// carryOut writes what follows from an answer. Nothing here calls a
// marketplace: the next run finds a record that says what to do.
func (t *tx) carryOut(ctx context.Context, s *Store, d catalog.Decision, choice, by, note string) (*catalog.Run, error) {
	switch d.Kind {
	case catalog.DecideDrift:
		return nil, t.changeListing(ctx, s, d, func(l *catalog.Listing) { settleDrift(l, d, choice == "keep_theirs") })
	case catalog.DecideVanished:
		if choice == "create_again" {
			return nil, t.changeListing(ctx, s, d, func(l *catalog.Listing) {
				*l = catalog.Listing{Marketplace: l.Marketplace, SKU: l.SKU, SyncState: catalog.SyncWaiting, MarketState: "absent", WantedLive: true}
			})
		}
	case catalog.DecideClosedByOther:
		if choice == "reopen" { // as if we had closed it: then it is ours to open
			return nil, t.changeListing(ctx, s, d, func(l *catalog.Listing) { l.WantedLive = false })
		}
	case catalog.DecideUncertainMatch:
		if choice == "adopt" {
			return nil, t.changeListing(ctx, s, d, func(l *catalog.Listing) {
				l.RemoteID, l.ShopID, l.RemoteSKU = d.Stake["remote_id"], d.Stake["shop_id"], ""
				l.MarketState, l.SyncState = d.Stake["state"], catalog.SyncWaiting
				l.LookAt = s.Now()
			})
		}
	case catalog.DecideBrake:
		if choice == "lift_and_run" {
			return t.runAgain(ctx, s, d, by, note)
		}
	}
	return nil, nil
}

// settleDrift makes the answer the new common ground: theirs as what we last
// applied for what we want, or ours as changed since.
func settleDrift(l *catalog.Listing, d catalog.Decision, keep bool) {
	if l.Applied == nil {
		l.Applied = map[string]catalog.AppliedField{}
	}
	a := catalog.AppliedField{Sent: d.Stake["want"], Echo: d.Stake["there"]}
	if !keep {
		a.Sent = ""
	}
	l.Applied[d.Stake["field"]] = a
}

// changeListing changes a listing's row that no worker holds.
func (t *tx) changeListing(ctx context.Context, s *Store, d catalog.Decision, change func(*catalog.Listing)) error {
	const read = `SELECT ` + listingColumns + ` FROM listings WHERE marketplace = ? AND sku = ?`
	const write = `
UPDATE listings SET sync_state = :sync_state, market_state = :market_state, remote_id = :remote_id, shop_id = :shop_id, remote_url = :remote_url,
  version = :version, remote_sku = :remote_sku, seen = :seen, applied = :applied, rejections = :rejections, wanted_live = :wanted_live, refused = :refused,
  look_at = :look_at, updated_at = :now
WHERE marketplace = :marketplace AND sku = :sku AND lease_until < :now`
	var row listingRow
	if err := t.GetContext(ctx, &row, t.Rebind(read), d.Marketplace, d.SKU); err != nil {
		return fmt.Errorf("listing of %s on %s: %w", d.SKU, d.Marketplace, err)
	}
	l, err := row.listing()
	if err != nil {
		return err
	}
	change(&l)
	r, err := t.NamedExecContext(ctx, write, s.listingRow(l, "", s.nowMillis()))
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return ErrBusy
	}
	return nil
}

// runAgain asks for the stopped run once more with its brake lifted.
func (t *tx) runAgain(ctx context.Context, s *Store, d catalog.Decision, by, note string) (*catalog.Run, error) {
	var row runRow
	if err := t.GetContext(ctx, &row, t.Rebind(`SELECT `+runColumns+` FROM runs WHERE id = ?`), d.RunID); err != nil {
		return nil, fmt.Errorf("run %s: %w", d.RunID, err)
	}
	old, err := row.run()
	if err != nil {
		return nil, err
	}
	run, _, err := t.requestRun(ctx, s.Now(), RunRequest{Kind: old.Kind, Scope: old.Scope, Policy: old.Policy, Trigger: catalog.TriggerCommand, By: by,
		PlanID: old.PlanID, Lift: append(old.Lifted, d.Stake["brake"]), LiftReason: note})
	return &run, err
}
