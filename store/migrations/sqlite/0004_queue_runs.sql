-- +goose Up
-- What the queue needs beyond the first tables: one open run per scope, one
-- item per run and listing however often a run is planned, and the breaker of
-- a lane, which all processes share.

ALTER TABLE runs ADD COLUMN scope_key TEXT NOT NULL DEFAULT '';  -- digest of kind, scope and policy: a scope of many SKUs is too long to index
CREATE UNIQUE INDEX runs_one_open ON runs (scope_key) WHERE finished_at = 0 AND cancel_requested_at = 0 AND scope_key <> '';

CREATE UNIQUE INDEX items_one_per_run ON items (run_id, marketplace, sku, purpose) WHERE run_id <> '';
CREATE INDEX items_to_batch ON items (marketplace, lane_queue, purpose, run_id, due_at) WHERE state = 'waiting';

ALTER TABLE accounts ADD COLUMN paused_since BIGINT NOT NULL DEFAULT 0;     -- when this pause began; 0: open
ALTER TABLE accounts ADD COLUMN probe_needed BOOLEAN NOT NULL DEFAULT FALSE; -- opens by a probe, not by time alone
ALTER TABLE accounts ADD COLUMN trips BIGINT NOT NULL DEFAULT 0;            -- failures in a row: the pause grows with them
ALTER TABLE accounts ADD COLUMN resumed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN probe_owner TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN probe_until BIGINT NOT NULL DEFAULT 0;
