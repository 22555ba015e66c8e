-- Takes in how a request ended.
-- KEYS 1 log  2 state
-- ARGV 1 slot id ('' unknown)  2 window  3 refused (1/0)  4 pause asked for  5 longest pause of our own
--      6 a pause from which on the load ramps up
local function s(n) return string.format('%.0f', n) end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local window = tonumber(ARGV[2])
if ARGV[1] ~= '' then
  -- The request was there before its answer: a second after that the slot is
  -- surely free, whatever the margin. 500 us for the clock's own steps.
  local free = redis.call('ZSCORE', KEYS[1], ARGV[1])
  if free and tonumber(free) > now + window + 500 then redis.call('ZADD', KEYS[1], s(now + window + 500), ARGV[1]) end
end
if ARGV[3] == '0' then
  if redis.call('HEXISTS', KEYS[2], 'refused') == 1 then redis.call('HDEL', KEYS[2], 'refused') end
  return 0
end
local pause = tonumber(redis.call('HGET', KEYS[2], 'pause_until') or '0')
local asked = tonumber(ARGV[4])
local first = pause <= now
if first then
  -- One refusal for all requests that were under way together.
  local n = redis.call('HINCRBY', KEYS[2], 'refused', 1)
  local widen = tonumber(redis.call('HGET', KEYS[2], 'widen') or '1')
  local at = tonumber(redis.call('HGET', KEYS[2], 'widen_at') or s(now))
  widen = math.max(1, widen * 0.5 ^ ((now - at) / 60000000))
  redis.call('HSET', KEYS[2], 'widen', string.format('%.3f', math.min(8, widen * 2)), 'widen_at', s(now))
  asked = math.max(asked, math.min(window * 2 ^ math.min(n - 1, 20), tonumber(ARGV[5])))
end
if now + asked > pause then
  redis.call('HSET', KEYS[2], 'pause_until', s(now + asked))
  if asked >= tonumber(ARGV[6]) then redis.call('HSET', KEYS[2], 'ramp_from', s(now + asked)) end
  redis.call('PEXPIRE', KEYS[2], s(math.ceil(asked / 1000) + 600000))
end
return 1
