-- +goose Up
-- How many requests all processes sent to a lane in each ten seconds, and how
-- many a second it allows, so that pages that read SQL alone can show both.
-- Rows older than some minutes are of no use and go.
CREATE TABLE lane_pace (
    marketplace TEXT NOT NULL,
    at          BIGINT NOT NULL,  -- UTC ms: the beginning of ten seconds
    requests    BIGINT NOT NULL DEFAULT 0,
    allowed     DOUBLE PRECISION NOT NULL DEFAULT 0,  -- requests a second
    PRIMARY KEY (marketplace, at)
);
