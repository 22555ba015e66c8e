-- +goose Up
-- What the dashboard reads by: the narrow facts of SKUs and listings without
-- their wide rows, and what changed since it last looked.
CREATE INDEX skus_narrow ON skus (product_code, sku, name, flagship);
DROP INDEX skus_by_product;
CREATE INDEX listings_narrow ON listings (marketplace, sku, sync_state, market_state, reason_code, who_fixes, market_since, updated_at);
CREATE INDEX listings_by_change ON listings (updated_at);
CREATE INDEX product_states_by_change ON product_states (updated_at);
CREATE INDEX products_by_change ON products (updated_at);
CREATE INDEX skus_by_change ON skus (updated_at);
CREATE INDEX producers_by_change ON producers (updated_at);
CREATE INDEX product_current_by_change ON product_current (updated_at);

-- The audit by kind, and by the person.
CREATE INDEX events_by_kind ON events (kind, id);
CREATE INDEX events_by_person ON events (actor, id) WHERE actor <> 'lensan';
