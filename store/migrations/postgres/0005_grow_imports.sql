-- +goose Up
-- What an import proposes and what it must remember beside the records
-- themselves. The same text serves both engines.

CREATE TABLE withdrawals (           -- products missing from a file that was declared whole: never removed by absence
  product_code TEXT   NOT NULL,
  import_id    TEXT   NOT NULL,
  scope        TEXT   NOT NULL,               -- JSON catalog.Scope: what the file was whole for
  state        TEXT   NOT NULL,               -- proposed, confirmed, rejected, returned
  decided_by   TEXT   NOT NULL DEFAULT '',
  created_at   BIGINT NOT NULL,
  decided_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (product_code, import_id)
);
CREATE UNIQUE INDEX withdrawals_one_open ON withdrawals (product_code) WHERE state IN ('proposed', 'confirmed');

CREATE TABLE sku_renames (           -- declared renames, so that an old file can't bring the old code back
  old_sku    TEXT   NOT NULL PRIMARY KEY,
  new_sku    TEXT   NOT NULL,
  renamed_by TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX sku_renames_by_new ON sku_renames (new_sku);

CREATE TABLE sku_successions (       -- one SKU gone from a product and another new: perhaps a rename, for a person to say
  product_code TEXT   NOT NULL,
  gone_sku     TEXT   NOT NULL,
  new_sku      TEXT   NOT NULL,
  import_id    TEXT   NOT NULL,
  state        TEXT   NOT NULL,               -- proposed, renamed, separate
  decided_by   TEXT   NOT NULL DEFAULT '',
  created_at   BIGINT NOT NULL,
  decided_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (gone_sku, new_sku)
);
CREATE INDEX sku_successions_open ON sku_successions (new_sku) WHERE state = 'proposed';

CREATE TABLE image_sources (         -- a picture's file as found -> the picture as stored, so that nothing is scaled twice
  source_sha256 TEXT NOT NULL PRIMARY KEY,
  sha256        TEXT NOT NULL
);

ALTER TABLE imports ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';  -- JSON: why it is held
ALTER TABLE imports ADD COLUMN hardest TEXT NOT NULL DEFAULT '[]';  -- JSON: the products it would hit hardest
ALTER TABLE imports ADD COLUMN decided_by TEXT NOT NULL DEFAULT ''; -- who confirmed or rejected it
ALTER TABLE imports ADD COLUMN decided_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX imports_by_time ON imports (created_at);
