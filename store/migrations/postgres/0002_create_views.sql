-- +goose Up
-- What others read (docs/views.md): the same columns on both engines, times as
-- UTC milliseconds, states as English words. A SKU that was never planned has
-- no listings row yet; it still has its row here for each marketplace that has
-- an account, waiting, with the reason plan.not_planned. The two engines
-- differ in this file by one expression, today's date in Vietnam, which the
-- setting "today" replaces where the day is fixed.

CREATE VIEW today AS
SELECT COALESCE((SELECT value FROM settings WHERE name = 'today' AND value <> ''),
                to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD')) AS today;

CREATE VIEW sync_status AS
SELECT a.marketplace                       AS marketplace,
       s.sku                               AS sku,
       s.product_code                      AS product_code,
       COALESCE(p.name, '')                AS product_name,
       COALESCE(r.name, '')                AS producer,
       COALESCE(p.commune_name, '')        AS commune,
       COALESCE(p.district, '')            AS district,
       COALESCE(p.product_set, '')         AS product_set,
       COALESCE(c.stars, 0)                AS stars,
       COALESCE(c.valid_until, '')         AS valid_until,
       COALESCE(l.sync_state, 'waiting')   AS sync_state,
       COALESCE(l.market_state, 'absent')  AS market_state,
       COALESCE(l.reason_code, 'plan.not_planned') AS reason_code,
       COALESCE(l.reason_vi, 'Chưa được đưa vào kế hoạch đồng bộ lần nào.') AS reason_vi,
       COALESCE(l.reason_en, 'No plan has looked at it yet.') AS reason_en,
       COALESCE(l.who_fixes, 'operator')   AS who_fixes,
       COALESCE(l.remote_id, '')           AS remote_id,
       COALESCE(l.remote_url, '')          AS remote_url,
       COALESCE(l.applied_at, 0)           AS applied_at,
       COALESCE(l.seen_at, 0)              AS seen_at
  FROM skus s
 CROSS JOIN accounts a
  LEFT JOIN products p        ON p.code = s.product_code
  LEFT JOIN producers r       ON r.ref = p.producer_ref
  LEFT JOIN product_current c ON c.product_code = s.product_code
  LEFT JOIN listings l        ON l.marketplace = a.marketplace AND l.sku = s.sku;

-- Products that have no SKU: the part of product_status that needs no ranking.
CREATE VIEW product_without_sku AS
SELECT a.marketplace AS marketplace, p.code AS product_code, p.name AS product_name, COALESCE(r.name, '') AS producer,
       p.commune_name AS commune, p.district AS district, p.product_set AS product_set,
       COALESCE(c.stars, 0) AS stars, COALESCE(c.valid_until, '') AS valid_until,
       COALESCE(t.sync_state, 'waiting') AS sync_state, 'absent' AS market_state,
       COALESCE(t.reason_code, 'plan.not_planned') AS reason_code,
       COALESCE(t.reason_vi, 'Chưa được đưa vào kế hoạch đồng bộ lần nào.') AS reason_vi,
       COALESCE(t.reason_en, 'No plan has looked at it yet.') AS reason_en,
       COALESCE(t.who_fixes, 'operator') AS who_fixes, '' AS remote_id, '' AS remote_url,
       CAST(0 AS BIGINT) AS applied_at, CAST(0 AS BIGINT) AS seen_at, CAST(0 AS BIGINT) AS skus, CAST(0 AS BIGINT) AS skus_live
  FROM products p
 CROSS JOIN accounts a
  LEFT JOIN producers r       ON r.ref = p.producer_ref
  LEFT JOIN product_current c ON c.product_code = p.code
  LEFT JOIN product_states t  ON t.marketplace = a.marketplace AND t.product_code = p.code
 WHERE NOT EXISTS (SELECT 1 FROM skus s WHERE s.product_code = p.code);

-- One row for each marketplace and product. What it says of a product with
-- several SKUs is said of the one that most needs somebody to act; it is live
-- when at least one SKU is ("một phần" when skus_live < skus).
CREATE VIEW product_status AS
WITH ranked AS (
  SELECT v.*,
         ROW_NUMBER() OVER (PARTITION BY v.product_code, v.marketplace ORDER BY
           CASE
             WHEN v.sync_state = 'failed' THEN 1
             WHEN v.sync_state = 'stopped_by_brake' THEN 2
             WHEN v.sync_state = 'needs_fixing' THEN 3
             WHEN v.market_state IN ('rejected', 'locked') THEN 4
             WHEN v.sync_state = 'checking' THEN 5
             WHEN v.sync_state = 'retrying' THEN 6
             WHEN v.sync_state = 'waiting_for_lane' THEN 7
             WHEN v.sync_state = 'applying' THEN 8
             WHEN v.sync_state = 'waiting' THEN 9
             WHEN v.sync_state = 'excluded' THEN 10
             WHEN v.market_state <> 'live' THEN 11
             ELSE 12
           END, v.sku) AS place,
         COUNT(*) OVER (PARTITION BY v.product_code, v.marketplace) AS skus,
         SUM(CASE WHEN v.market_state = 'live' THEN 1 ELSE 0 END)
           OVER (PARTITION BY v.product_code, v.marketplace) AS skus_live,
         MIN(CASE v.market_state WHEN 'live' THEN 1 WHEN 'pending_review' THEN 2 WHEN 'locked' THEN 3
               WHEN 'rejected' THEN 4 WHEN 'closed' THEN 5 ELSE 6 END)
           OVER (PARTITION BY v.product_code, v.marketplace) AS best,
         MAX(v.applied_at) OVER (PARTITION BY v.product_code, v.marketplace) AS last_applied_at,
         MAX(v.seen_at) OVER (PARTITION BY v.product_code, v.marketplace) AS last_seen_at,
         FIRST_VALUE(v.remote_id) OVER (PARTITION BY v.product_code, v.marketplace
           ORDER BY CASE WHEN v.market_state = 'live' THEN 0 WHEN v.remote_id <> '' THEN 1 ELSE 2 END, v.sku) AS shown_remote_id,
         FIRST_VALUE(v.remote_url) OVER (PARTITION BY v.product_code, v.marketplace
           ORDER BY CASE WHEN v.market_state = 'live' THEN 0 WHEN v.remote_id <> '' THEN 1 ELSE 2 END, v.sku) AS shown_remote_url
    FROM sync_status v
)
SELECT k.marketplace, k.product_code, k.product_name, k.producer, k.commune, k.district, k.product_set,
       k.stars, k.valid_until, k.sync_state,
       CASE k.best WHEN 1 THEN 'live' WHEN 2 THEN 'pending_review' WHEN 3 THEN 'locked'
         WHEN 4 THEN 'rejected' WHEN 5 THEN 'closed' ELSE 'absent' END AS market_state,
       k.reason_code, k.reason_vi, k.reason_en, k.who_fixes,
       k.shown_remote_id AS remote_id, k.shown_remote_url AS remote_url,
       k.last_applied_at AS applied_at, k.last_seen_at AS seen_at, k.skus, k.skus_live
  FROM ranked k
 WHERE k.place = 1
UNION ALL
SELECT w.marketplace, w.product_code, w.product_name, w.producer, w.commune, w.district, w.product_set,
       w.stars, w.valid_until, w.sync_state, w.market_state, w.reason_code, w.reason_vi, w.reason_en, w.who_fixes,
       w.remote_id, w.remote_url, w.applied_at, w.seen_at, w.skus, w.skus_live
  FROM product_without_sku w;

-- A run's state can't lie: it is what its items say (RunStateOf in
-- store/runstate.go says the same in Go).
CREATE VIEW run_status AS
SELECT r.id AS run_id, r.kind AS kind, r.scope AS scope, r.policy AS policy, r.trigger AS trigger,
       r.requested_by AS requested_by,
       CASE
         WHEN r.phase <> 'ended' AND r.paused_at > 0 THEN 'paused'
         WHEN r.phase = 'queued' THEN 'queued'
         WHEN r.phase = 'planning' THEN 'planning'
         WHEN r.phase <> 'ended' THEN 'working'
         WHEN COALESCE(i.failed, 0) > 0 THEN 'failed'
         WHEN r.reason LIKE 'brake.%' THEN 'stopped_by_brake'
         WHEN r.reason LIKE 'source.%' THEN 'source_unhealthy'
         WHEN r.cancel_requested_at > 0 THEN 'cancelled'
         WHEN r.reason <> '' THEN 'failed'
         ELSE 'done'
       END AS state,
       r.created_at AS created_at, r.started_at AS started_at, r.finished_at AS finished_at,
       r.planned AS planned, COALESCE(i.applied, 0) AS applied, COALESCE(i.failed, 0) AS failed,
       r.left_out AS left_out, r.reason AS reason
  FROM runs r
  LEFT JOIN (SELECT run_id,
                    SUM(CASE WHEN state IN ('done', 'unchanged') THEN 1 ELSE 0 END) AS applied,
                    SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed
               FROM items WHERE run_id <> '' GROUP BY run_id) i ON i.run_id = r.id;

-- Counts of products. recognised: a recognition awards stars and is not
-- revoked; eligible: three stars or better, orderable, valid today; listable:
-- eligible and complete for that marketplace by the last plan (on sale there
-- already, or refused by its moderators only, counts too); live: eligible and read back as on sale. "both" asks the
-- same of every marketplace at once.
CREATE VIEW coverage AS
WITH one AS (
  SELECT v.marketplace, v.product_code, v.stars, v.commune, v.district, v.product_set,
         CASE WHEN v.stars > 0 AND NOT COALESCE(c.revoked, FALSE) THEN 1 ELSE 0 END AS recognised,
         CASE WHEN v.stars >= 3 AND NOT COALESCE(c.revoked, FALSE) AND COALESCE(c.ordered, FALSE)
               AND v.valid_until >= (SELECT today FROM today) THEN 1 ELSE 0 END AS eligible,
         MAX(CASE WHEN v.market_state = 'live' OR v.reason_code LIKE 'rejected.%' THEN 1
                  WHEN v.sync_state IN ('excluded', 'needs_fixing') OR v.reason_code = 'plan.not_planned' THEN 0
                  WHEN v.sku = '' THEN 0
                  ELSE 1 END) AS complete,
         MAX(CASE WHEN v.market_state = 'live' THEN 1 ELSE 0 END) AS live
    FROM (SELECT marketplace, product_code, sku, stars, commune, district, product_set, valid_until,
                 sync_state, market_state, reason_code FROM sync_status
          UNION ALL
          SELECT a.marketplace, p.code, '', COALESCE(c.stars, 0), p.commune_name, p.district, p.product_set,
                 COALESCE(c.valid_until, ''), 'excluded', 'absent', ''
            FROM products p
           CROSS JOIN accounts a
            LEFT JOIN product_current c ON c.product_code = p.code
           WHERE NOT EXISTS (SELECT 1 FROM skus s WHERE s.product_code = p.code)) v
    LEFT JOIN product_current c ON c.product_code = v.product_code
   GROUP BY v.marketplace, v.product_code, v.stars, v.commune, v.district, v.product_set,
            v.valid_until, c.revoked, c.ordered
), counted AS (
  SELECT marketplace, stars, commune, district, product_set, recognised, eligible,
         eligible * complete AS listable, eligible * live AS live
    FROM one
  UNION ALL
  SELECT 'both', stars, commune, district, product_set, MAX(recognised), MAX(eligible),
         MAX(eligible) * MIN(complete), MAX(eligible) * MIN(live)
    FROM one
   GROUP BY product_code, stars, commune, district, product_set
), spread AS (
  SELECT marketplace, 'all' AS dimension, 'all' AS value, recognised, eligible, listable, live FROM counted
  UNION ALL SELECT marketplace, 'stars', CAST(stars AS TEXT), recognised, eligible, listable, live FROM counted
  UNION ALL SELECT marketplace, 'commune', commune, recognised, eligible, listable, live FROM counted
  UNION ALL SELECT marketplace, 'district', district, recognised, eligible, listable, live FROM counted
  UNION ALL SELECT marketplace, 'set', product_set, recognised, eligible, listable, live FROM counted
)
SELECT marketplace, dimension, value,
       CAST(SUM(recognised) AS BIGINT) AS recognised, CAST(SUM(eligible) AS BIGINT) AS eligible,
       CAST(SUM(listable) AS BIGINT) AS listable, CAST(SUM(live) AS BIGINT) AS live,
       CASE WHEN SUM(eligible) = 0 THEN 0.0 ELSE CAST(SUM(live) AS DOUBLE PRECISION) / SUM(eligible) END AS share_live_of_eligible,
       CASE WHEN SUM(listable) = 0 THEN 0.0 ELSE CAST(SUM(live) AS DOUBLE PRECISION) / SUM(listable) END AS share_live_of_listable
  FROM spread
 GROUP BY marketplace, dimension, value;
