-- +goose Up
-- What the marketplace refused for the data's sake is remembered by digest, so
-- that the same is not sent again every night (F18); and what a plan held back.
ALTER TABLE listings ADD COLUMN refused TEXT NOT NULL DEFAULT '';
ALTER TABLE listings ADD COLUMN remote_updated_by TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN refused TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN look_after BIGINT NOT NULL DEFAULT 0;  -- an absence read before this is no proof
ALTER TABLE intents ADD COLUMN harm TEXT NOT NULL DEFAULT '';          -- brakes that it presses, space separated
CREATE INDEX intents_in_window ON intents (marketplace, created_at) WHERE harm <> '';
ALTER TABLE plan_items ADD COLUMN seen_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN lifted TEXT NOT NULL DEFAULT '[]';  -- JSON: brakes lifted by a person for this run
ALTER TABLE runs ADD COLUMN reverts TEXT NOT NULL DEFAULT '';     -- the run that this one takes back
ALTER TABLE listings ADD COLUMN listed_at BIGINT NOT NULL DEFAULT 0; -- when a whole reading last showed it
