-- +goose Up
-- After a backup was restored, a marketplace may hold more and newer than the
-- record does. A lane whose restored_at is not 0 is read whole before every
-- plan, and until the register was imported again nothing on it is changed or
-- taken down.
ALTER TABLE accounts ADD COLUMN restored_at BIGINT NOT NULL DEFAULT 0;
