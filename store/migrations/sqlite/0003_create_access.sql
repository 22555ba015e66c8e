-- +goose Up
-- Who may look at and act through the dashboard and its API, and how far the
-- goal was on each day. People stand in a file, not here: a session and a
-- token carry the role they were given. Only hashes of secrets are kept.

CREATE TABLE sessions (
  hash       TEXT   NOT NULL PRIMARY KEY,  -- SHA-256 of the cookie's value
  name       TEXT   NOT NULL,
  role       TEXT   NOT NULL,              -- viewer, operator, admin
  stamp      TEXT   NOT NULL,              -- of the user's entry in the file: another password or role ends the session
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,              -- what it is for
  role       TEXT   NOT NULL,
  hash       TEXT   NOT NULL UNIQUE,       -- SHA-256 of the token
  created_by TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL DEFAULT 0,
  revoked_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE sign_ins (              -- failed attempts, so that all processes limit together
  subject TEXT   NOT NULL,           -- user:NAME or from:ADDRESS
  at      BIGINT NOT NULL
);
CREATE INDEX sign_ins_by_subject ON sign_ins (subject, at);

CREATE TABLE coverage_days (         -- the coverage view as it was last seen on each day
  day         TEXT   NOT NULL,
  marketplace TEXT   NOT NULL,
  dimension   TEXT   NOT NULL,
  value       TEXT   NOT NULL,
  recognised  BIGINT NOT NULL,
  eligible    BIGINT NOT NULL,
  listable    BIGINT NOT NULL,
  live        BIGINT NOT NULL,
  taken_at    BIGINT NOT NULL,
  PRIMARY KEY (day, marketplace, dimension, value)
);

CREATE TABLE summary_days (          -- the summary of SKUs as it was last seen on each day
  day         TEXT   NOT NULL,
  marketplace TEXT   NOT NULL,
  bucket      TEXT   NOT NULL,
  skus        BIGINT NOT NULL,
  taken_at    BIGINT NOT NULL,
  PRIMARY KEY (day, marketplace, bucket)
);

-- What the dashboard reads by.
CREATE INDEX events_by_product ON events (product_code, id) WHERE product_code <> '';
CREATE INDEX product_current_by_end ON product_current (valid_until, product_code, stars, revoked) WHERE valid_until <> '';
CREATE INDEX skus_flagship ON skus (product_code) WHERE flagship;
