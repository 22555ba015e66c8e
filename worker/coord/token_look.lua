-- Reads the token, and takes the lock to sign in when there is none to use.
-- KEYS 1 token: value, ends, slack  2 lock  3 failure  4 logins: scored by when they stop to count
-- ARGV 1 the stale token's digest ('' none)  2 owner  3 lock's life, ms  4 most logins  5 minute they count in
--      6 own token's digest ('' none)  7 own token, sealed  8 own token's rest of life  9 slack
--      10... own logins of the last minute: id, age
-- Returns {what, value, n}: token, sealed, rest of life | failed, text, rest | wait, '', how long | locked, '', 0 | mine, '', 0
local function s(n) return string.format('%.0f', n) end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
for i = 10, #ARGV, 2 do
  -- What Redis has lost its processes still know.
  redis.call('ZADD', KEYS[4], s(now - tonumber(ARGV[i + 1]) + tonumber(ARGV[5])), ARGV[i])
  redis.call('PEXPIRE', KEYS[4], s(math.ceil(tonumber(ARGV[5]) / 1000) + 5000))
end
local have = redis.call('HMGET', KEYS[1], 'digest', 'value', 'ends', 'slack')
if have[1] == false and ARGV[6] ~= '' and ARGV[6] ~= ARGV[1] and tonumber(ARGV[8]) > tonumber(ARGV[9]) and redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('HSET', KEYS[1], 'digest', ARGV[6], 'value', ARGV[7], 'ends', s(now + tonumber(ARGV[8])), 'slack', ARGV[9])
  redis.call('PEXPIRE', KEYS[1], s(math.ceil(tonumber(ARGV[8]) / 1000) + 5000))
  have = {ARGV[6], ARGV[7], s(now + tonumber(ARGV[8])), ARGV[9]}
end
if have[1] ~= false and have[1] ~= ARGV[1] and tonumber(have[3]) - tonumber(have[4]) > now then
  return {'token', have[2], tonumber(have[3]) - now}
end
local failed = redis.call('HMGET', KEYS[3], 'text', 'ends')
if failed[1] ~= false and tonumber(failed[2]) > now then return {'failed', failed[1], tonumber(failed[2]) - now} end
if redis.call('EXISTS', KEYS[2]) == 1 then return {'locked', '', 0} end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', s(now))
if redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[4]) then
  local first = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
  return {'wait', '', tonumber(first[2]) - now}
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[4], s(now + tonumber(ARGV[5])), ARGV[2])
redis.call('PEXPIRE', KEYS[4], s(math.ceil(tonumber(ARGV[5]) / 1000) + 5000))
return {'mine', '', 0}
