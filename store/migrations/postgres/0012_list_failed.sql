-- +goose Up
-- The page of a run lists what failed in it, however much that is.
CREATE INDEX items_failed ON items (run_id, id) WHERE state = 'failed';
