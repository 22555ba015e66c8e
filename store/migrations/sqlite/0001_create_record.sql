-- +goose Up
-- The record of what is wanted, what was last seen and what is being done.
-- Times are UTC milliseconds (BIGINT), days are civil days in Vietnam written
-- YYYY-MM-DD (TEXT, empty: unknown), money is whole VND (BIGINT). Both engines
-- get the same tables from one text; only BLOB differs.

CREATE TABLE accounts (            -- which account each lane's listings live in (promise 13)
  marketplace   TEXT   NOT NULL PRIMARY KEY,
  base_url      TEXT   NOT NULL,
  account       TEXT   NOT NULL,   -- client id or user name
  sandbox       BOOLEAN NOT NULL,
  first_seen_at BIGINT NOT NULL,
  read_whole_at BIGINT NOT NULL DEFAULT 0,  -- when the last complete reading began
  read_error    TEXT   NOT NULL DEFAULT '',
  paused_until  BIGINT NOT NULL DEFAULT 0,  -- the lane; 0: open
  pause_reason  TEXT   NOT NULL DEFAULT '', -- reason code
  paused_by     TEXT   NOT NULL DEFAULT ''  -- empty: the program itself
);

CREATE TABLE communes (
  code     TEXT NOT NULL PRIMARY KEY,
  name     TEXT NOT NULL,
  district TEXT NOT NULL
);

CREATE TABLE imports (
  id          TEXT   NOT NULL PRIMARY KEY,
  files       TEXT   NOT NULL,               -- names, one a line
  digest      TEXT   NOT NULL,               -- of all bytes read, pictures included
  state       TEXT   NOT NULL,               -- applied, held, rejected, dry_run
  rows_read   BIGINT NOT NULL,
  counts      TEXT   NOT NULL,               -- JSON: what was read and what changed
  watermark   TEXT   NOT NULL DEFAULT '{}',  -- JSON: rows, products of 3 stars or better
  imported_by TEXT   NOT NULL,
  created_at  BIGINT NOT NULL
);

CREATE TABLE import_doubts (
  import_id   TEXT    NOT NULL REFERENCES imports(id),
  seq         BIGINT  NOT NULL,
  sheet       TEXT    NOT NULL,
  cell        TEXT    NOT NULL,
  field       TEXT    NOT NULL,
  value       TEXT    NOT NULL,
  reason_code TEXT    NOT NULL,
  reason_args TEXT    NOT NULL DEFAULT '{}',
  row_key     TEXT    NOT NULL DEFAULT '',
  row_refused BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (import_id, seq)
);

CREATE TABLE producers (
  ref          TEXT   NOT NULL PRIMARY KEY,
  name         TEXT   NOT NULL,
  match_key    TEXT   NOT NULL,   -- folded name and commune
  tax_code     TEXT   NOT NULL DEFAULT '',
  phone        TEXT   NOT NULL DEFAULT '',
  address      TEXT   NOT NULL DEFAULT '',
  commune_code TEXT   NOT NULL DEFAULT '',
  merged_into  TEXT   NOT NULL DEFAULT '',
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
CREATE INDEX producers_by_match ON producers (match_key);
CREATE INDEX producers_by_tax ON producers (tax_code);

CREATE TABLE products (
  code         TEXT   NOT NULL PRIMARY KEY,
  name         TEXT   NOT NULL,
  producer_ref TEXT   NOT NULL DEFAULT '',
  commune_code TEXT   NOT NULL DEFAULT '',
  commune_name TEXT   NOT NULL DEFAULT '',
  district     TEXT   NOT NULL DEFAULT '',
  product_set  TEXT   NOT NULL DEFAULT '',
  note         TEXT   NOT NULL DEFAULT '',
  cells        TEXT   NOT NULL DEFAULT '{}',  -- JSON: field -> "Sheet!C7"
  doubts       TEXT   NOT NULL DEFAULT '{}',  -- JSON: field -> catalog.Doubt
  search_text  TEXT   NOT NULL DEFAULT '',    -- folded: no accents, lower case
  import_id    TEXT   NOT NULL DEFAULT '',    -- the last import that changed it
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
CREATE INDEX products_by_producer ON products (producer_ref);
CREATE INDEX products_by_commune ON products (commune_code);

CREATE TABLE recognitions (
  product_code TEXT    NOT NULL,
  authority    TEXT    NOT NULL DEFAULT '',
  number       TEXT    NOT NULL DEFAULT '',
  decided_on   TEXT    NOT NULL DEFAULT '',
  stars        BIGINT  NOT NULL DEFAULT 0,
  valid_until  TEXT    NOT NULL DEFAULT '',   -- as stated
  revoked      BOOLEAN NOT NULL DEFAULT FALSE,
  doubts       TEXT    NOT NULL DEFAULT '[]', -- JSON: reason codes
  note         TEXT    NOT NULL DEFAULT '',
  import_id    TEXT    NOT NULL DEFAULT '',
  created_at   BIGINT  NOT NULL,
  updated_at   BIGINT  NOT NULL,
  PRIMARY KEY (product_code, authority, number, decided_on)
);

CREATE TABLE skus (
  sku          TEXT    NOT NULL PRIMARY KEY,
  product_code TEXT    NOT NULL,
  name         TEXT    NOT NULL DEFAULT '',
  unit         TEXT    NOT NULL DEFAULT '',
  price        BIGINT  NOT NULL DEFAULT 0,    -- 0: unknown
  list_price   BIGINT  NOT NULL DEFAULT 0,    -- 0: none
  stock        BIGINT,                        -- null: unknown
  weight_g     BIGINT  NOT NULL DEFAULT 0,    -- 0: unknown
  description  TEXT    NOT NULL DEFAULT '',
  story        TEXT    NOT NULL DEFAULT '',
  trace_url    TEXT    NOT NULL DEFAULT '',
  flagship     BOOLEAN NOT NULL DEFAULT FALSE,
  category     TEXT    NOT NULL DEFAULT '',   -- override
  note         TEXT    NOT NULL DEFAULT '',
  cells        TEXT    NOT NULL DEFAULT '{}',
  doubts       TEXT    NOT NULL DEFAULT '{}',
  search_text  TEXT    NOT NULL DEFAULT '',
  import_id    TEXT    NOT NULL DEFAULT '',
  created_at   BIGINT  NOT NULL,
  updated_at   BIGINT  NOT NULL
);
CREATE INDEX skus_by_product ON skus (product_code);

CREATE TABLE images (                -- once per content, scaled to at most 2 MiB
  sha256     TEXT   NOT NULL PRIMARY KEY,
  type       TEXT   NOT NULL,
  width      BIGINT NOT NULL,
  height     BIGINT NOT NULL,
  size       BIGINT NOT NULL,
  bytes      BLOB NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE sku_images (
  sku      TEXT   NOT NULL,
  position BIGINT NOT NULL,
  name     TEXT   NOT NULL,
  sha256   TEXT   NOT NULL DEFAULT '',  -- empty: problem says why
  problem  TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (sku, position)
);

CREATE TABLE media (                 -- pictures as uploaded, once per content and marketplace
  marketplace TEXT   NOT NULL,
  sha256      TEXT   NOT NULL,
  remote_id   TEXT   NOT NULL DEFAULT '',  -- empty: being uploaded by lease_owner
  lease_owner TEXT   NOT NULL DEFAULT '',
  lease_until BIGINT NOT NULL DEFAULT 0,
  uploaded_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (marketplace, sha256)
);

CREATE TABLE shops (                 -- a producer's shop on each marketplace
  marketplace  TEXT   NOT NULL,
  producer_ref TEXT   NOT NULL,
  remote_id    TEXT   NOT NULL DEFAULT '',
  status       TEXT   NOT NULL DEFAULT '',   -- pending, active, suspended
  create_key   TEXT   NOT NULL DEFAULT '',   -- idempotency key of the open attempt
  attempted_at BIGINT NOT NULL DEFAULT 0,    -- when the last attempt without a sure answer ended
  reason_code  TEXT   NOT NULL DEFAULT '',   -- why it could not be made
  reason_args  TEXT   NOT NULL DEFAULT '{}',
  lease_owner  TEXT   NOT NULL DEFAULT '',
  lease_until  BIGINT NOT NULL DEFAULT 0,
  seen_at      BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (marketplace, producer_ref)
);

CREATE TABLE listings (              -- one row per (marketplace, SKU): both axes, and what was last applied and seen
  marketplace   TEXT   NOT NULL,
  sku           TEXT   NOT NULL,
  sync_state    TEXT   NOT NULL DEFAULT 'waiting',
  market_state  TEXT   NOT NULL DEFAULT 'absent',
  reason_code   TEXT   NOT NULL DEFAULT '',
  reason_args   TEXT   NOT NULL DEFAULT '{}',
  reason_vi     TEXT   NOT NULL DEFAULT '',
  reason_en     TEXT   NOT NULL DEFAULT '',
  who_fixes     TEXT   NOT NULL DEFAULT '',
  reasons       TEXT   NOT NULL DEFAULT '[]', -- JSON: all of them; the columns above show the first
  remote_id     TEXT   NOT NULL DEFAULT '',
  shop_id       TEXT   NOT NULL DEFAULT '',
  remote_url    TEXT   NOT NULL DEFAULT '',
  version       TEXT   NOT NULL DEFAULT '',
  remote_sku    TEXT   NOT NULL DEFAULT '',   -- as the marketplace has it: differs after a rename
  seen          TEXT   NOT NULL DEFAULT '{}', -- JSON: fields as last read
  applied       TEXT   NOT NULL DEFAULT '{}', -- JSON: field -> what we sent, what came back, how often
  rejections    TEXT   NOT NULL DEFAULT '[]',
  wanted_live   BOOLEAN NOT NULL DEFAULT TRUE, -- false: we closed it ourselves
  applied_at    BIGINT NOT NULL DEFAULT 0,
  seen_at       BIGINT NOT NULL DEFAULT 0,    -- when it was last read back
  market_since  BIGINT NOT NULL DEFAULT 0,    -- when market_state last changed
  remote_updated_at BIGINT NOT NULL DEFAULT 0,
  look_at       BIGINT NOT NULL DEFAULT 0,    -- when to look again; 0: not by itself
  looks         BIGINT NOT NULL DEFAULT 0,
  lease_owner   TEXT   NOT NULL DEFAULT '',
  lease_until   BIGINT NOT NULL DEFAULT 0,
  fence         BIGINT NOT NULL DEFAULT 0,    -- raised at every lease taken
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (marketplace, sku)
);
CREATE UNIQUE INDEX listings_by_remote ON listings (marketplace, remote_id) WHERE remote_id <> '';
CREATE INDEX listings_to_look ON listings (look_at) WHERE look_at > 0;
CREATE INDEX listings_by_state ON listings (marketplace, sync_state, market_state);

CREATE TABLE unlinked_listings (     -- what else stands in the account: made by hand, foreign, doubled
  marketplace TEXT   NOT NULL,
  remote_id   TEXT   NOT NULL,
  shop_id     TEXT   NOT NULL DEFAULT '',
  sku         TEXT   NOT NULL DEFAULT '',
  state       TEXT   NOT NULL,
  name        TEXT   NOT NULL DEFAULT '',
  kind        TEXT   NOT NULL,               -- hand_made, foreign, double
  url         TEXT   NOT NULL DEFAULT '',
  seen_at     BIGINT NOT NULL,
  PRIMARY KEY (marketplace, remote_id)
);

CREATE TABLE intents (               -- written before a mutating request leaves (promise 4)
  id          TEXT   NOT NULL PRIMARY KEY,
  marketplace TEXT   NOT NULL,
  sku         TEXT   NOT NULL,
  op          TEXT   NOT NULL,
  state       TEXT   NOT NULL,               -- open, checking, done, refused, void
  change_json TEXT   NOT NULL,               -- the change without its payload
  payload     BLOB NOT NULL,               -- the exact bytes of the item
  fields      TEXT   NOT NULL DEFAULT '{}',  -- JSON: the fields as sent
  fence       BIGINT NOT NULL,
  run_id      TEXT   NOT NULL DEFAULT '',
  before_json TEXT   NOT NULL DEFAULT '',
  after_json  TEXT   NOT NULL DEFAULT '',
  kind        TEXT   NOT NULL DEFAULT '',    -- of the error that ended it
  attempts    BIGINT NOT NULL DEFAULT 0,     -- requests sent
  ended_at    BIGINT NOT NULL DEFAULT 0,     -- when the last attempt is known to have ended
  negatives   BIGINT NOT NULL DEFAULT 0,     -- whole readings that did not show it
  created_at  BIGINT NOT NULL,
  settled_at  BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX intents_one_open ON intents (marketplace, sku) WHERE state IN ('open', 'checking');
CREATE INDEX intents_by_sku ON intents (sku, created_at);
CREATE INDEX intents_by_run ON intents (run_id);

CREATE TABLE plans (
  id         TEXT   NOT NULL PRIMARY KEY,
  checksum   TEXT   NOT NULL,
  scope      TEXT   NOT NULL,
  policy     TEXT   NOT NULL,
  as_of      TEXT   NOT NULL,                -- the day asked about
  counts     TEXT   NOT NULL,                -- JSON
  created_at BIGINT NOT NULL
);

CREATE TABLE plan_items (            -- changes and what was left out; unchanged ones are only counted
  plan_id      TEXT   NOT NULL REFERENCES plans(id),
  marketplace  TEXT   NOT NULL,
  product_code TEXT   NOT NULL,
  sku          TEXT   NOT NULL,              -- empty: a product without SKUs
  ops          TEXT   NOT NULL,              -- space separated; empty: left out
  diff         TEXT   NOT NULL DEFAULT '[]', -- JSON: field, there, wanted
  reason_code  TEXT   NOT NULL DEFAULT '',
  reason_args  TEXT   NOT NULL DEFAULT '{}',
  PRIMARY KEY (plan_id, marketplace, product_code, sku)
);

CREATE TABLE runs (
  id           TEXT   NOT NULL PRIMARY KEY,
  kind         TEXT   NOT NULL,
  scope        TEXT   NOT NULL,              -- JSON
  policy       TEXT   NOT NULL,
  trigger      TEXT   NOT NULL,              -- command, dashboard, schedule, api, start
  requested_by TEXT   NOT NULL,
  plan_id      TEXT   NOT NULL DEFAULT '',
  phase        TEXT   NOT NULL DEFAULT 'queued', -- queued, planning, working, ended; the state shown is derived
  planned      BIGINT NOT NULL DEFAULT 0,
  unchanged    BIGINT NOT NULL DEFAULT 0,
  left_out     BIGINT NOT NULL DEFAULT 0,
  reason       TEXT   NOT NULL DEFAULT '',   -- reason code of an end that is not its items'
  cancel_requested_at BIGINT NOT NULL DEFAULT 0,
  paused_at    BIGINT NOT NULL DEFAULT 0,
  deadline_at  BIGINT NOT NULL DEFAULT 0,
  lease_owner  TEXT   NOT NULL DEFAULT '',   -- who plans it
  lease_until  BIGINT NOT NULL DEFAULT 0,
  created_at   BIGINT NOT NULL,
  started_at   BIGINT NOT NULL DEFAULT 0,
  finished_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX runs_open ON runs (created_at) WHERE finished_at = 0;

CREATE TABLE items (                 -- wake-ups: "make this SKU right on this marketplace"
  id          TEXT   NOT NULL PRIMARY KEY,
  run_id      TEXT   NOT NULL DEFAULT '',    -- empty: the program's own look
  marketplace TEXT   NOT NULL,
  sku         TEXT   NOT NULL,
  lane_queue  TEXT   NOT NULL,               -- urgent, normal, reconcile
  purpose     TEXT   NOT NULL,               -- apply, look
  op          TEXT   NOT NULL DEFAULT '',    -- as planned; the worker decides anew
  state       TEXT   NOT NULL,
  attempts    BIGINT NOT NULL DEFAULT 0,
  due_at      BIGINT NOT NULL,
  batch_id    TEXT   NOT NULL DEFAULT '',
  reason_code TEXT   NOT NULL DEFAULT '',
  kind        TEXT   NOT NULL DEFAULT '',
  created_at  BIGINT NOT NULL,
  finished_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX items_due ON items (marketplace, lane_queue, due_at) WHERE state = 'waiting';
CREATE INDEX items_by_run ON items (run_id, state);
CREATE INDEX items_by_batch ON items (batch_id) WHERE state = 'batched';
CREATE UNIQUE INDEX items_one_look ON items (marketplace, sku) WHERE purpose = 'look' AND state IN ('waiting', 'batched');

CREATE TABLE batches (               -- what one queue job carries
  id          TEXT   NOT NULL PRIMARY KEY,
  marketplace TEXT   NOT NULL,
  lane_queue  TEXT   NOT NULL,
  purpose     TEXT   NOT NULL,
  state       TEXT   NOT NULL,               -- queued, running, done
  generation  BIGINT NOT NULL DEFAULT 1,
  lease_owner TEXT   NOT NULL DEFAULT '',
  lease_until BIGINT NOT NULL,               -- queued or running longer than this: dispatched again
  size        BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  finished_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX batches_open ON batches (marketplace, state) WHERE state <> 'done';

CREATE TABLE product_states (        -- products without a SKU, so that each has its reason
  marketplace  TEXT   NOT NULL,
  product_code TEXT   NOT NULL,
  sync_state   TEXT   NOT NULL,
  reason_code  TEXT   NOT NULL,
  reason_args  TEXT   NOT NULL DEFAULT '{}',
  reason_vi    TEXT   NOT NULL,
  reason_en    TEXT   NOT NULL,
  who_fixes    TEXT   NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (marketplace, product_code)
);

CREATE TABLE product_current (       -- the recognition that counts, so that views need no logic of their own
  product_code TEXT    NOT NULL PRIMARY KEY,
  stars        BIGINT  NOT NULL,             -- 0: none
  authority    TEXT    NOT NULL DEFAULT '',
  number       TEXT    NOT NULL DEFAULT '',
  decided_on   TEXT    NOT NULL DEFAULT '',
  valid_until  TEXT    NOT NULL DEFAULT '',  -- stated or derived; empty: unknown
  derived      BOOLEAN NOT NULL DEFAULT FALSE,
  revoked      BOOLEAN NOT NULL DEFAULT FALSE,
  ordered      BOOLEAN NOT NULL DEFAULT TRUE,
  updated_at   BIGINT  NOT NULL
);

CREATE TABLE events (                -- append only
  id         TEXT   NOT NULL PRIMARY KEY,    -- sorts by time
  at         BIGINT NOT NULL,
  actor      TEXT   NOT NULL,                -- a person's name, or "lensan"
  kind       TEXT   NOT NULL,                -- run.requested, listing.created, import.applied, …
  marketplace TEXT  NOT NULL DEFAULT '',
  sku        TEXT   NOT NULL DEFAULT '',
  product_code TEXT NOT NULL DEFAULT '',
  run_id     TEXT   NOT NULL DEFAULT '',
  detail     TEXT   NOT NULL DEFAULT '{}'    -- JSON, without secrets or personal data
);
CREATE INDEX events_by_sku ON events (sku, id);
CREATE INDEX events_by_run ON events (run_id, id);

CREATE TABLE schedules (
  name       TEXT   NOT NULL PRIMARY KEY,    -- nightly
  cron       TEXT   NOT NULL,                -- in Vietnam time; off
  kind       TEXT   NOT NULL,
  last_date  TEXT   NOT NULL DEFAULT '',     -- the local date it last ran for
  next_at    BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE leases (                -- engine: who may call marketplaces when the queue is embedded
  name   TEXT   NOT NULL PRIMARY KEY,
  holder TEXT   NOT NULL,
  host   TEXT   NOT NULL DEFAULT '',
  until  BIGINT NOT NULL,
  beat_at BIGINT NOT NULL
);

CREATE TABLE settings (              -- facts the program must agree on: the day fixed, the sample's name
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
