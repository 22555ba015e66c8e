-- +goose Up
-- Questions that only a person may answer. One is open for each subject; it
-- lapses by itself when its cause is gone. What follows from an answer is
-- written in the transaction of the answer.
CREATE TABLE decisions (
  id           TEXT   NOT NULL PRIMARY KEY,
  kind         TEXT   NOT NULL,               -- drift, double, uncertain_match, vanished, closed_by_other, brake, ending_together
  subject      TEXT   NOT NULL,               -- what it is about, unique among the open ones of its kind
  marketplace  TEXT   NOT NULL DEFAULT '',
  sku          TEXT   NOT NULL DEFAULT '',
  product_code TEXT   NOT NULL DEFAULT '',
  run_id       TEXT   NOT NULL DEFAULT '',
  stake        TEXT   NOT NULL DEFAULT '{}',  -- JSON: what is at stake, arguments of its sentence
  state        TEXT   NOT NULL,               -- open, resolved, lapsed
  choice       TEXT   NOT NULL DEFAULT '',
  resolved_by  TEXT   NOT NULL DEFAULT '',
  note         TEXT   NOT NULL DEFAULT '',
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  resolved_at  BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX decisions_one_open ON decisions (kind, subject) WHERE state = 'open';
CREATE INDEX decisions_by_sku ON decisions (marketplace, sku) WHERE state = 'open';
CREATE INDEX decisions_by_time ON decisions (state, created_at);
CREATE INDEX decisions_by_subject ON decisions (subject, state);
