-- Takes in how a request ended.
-- KEYS 1 log  2 state  3 spread
-- ARGV 1 slot id ('' unknown)  2 window  3 refused (1/0)  4 pause asked for  5 longest pause of our own
--      6 a pause from which on the load ramps up  7 most margin
local function s(n) return string.format('%.0f', n) end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local window = tonumber(ARGV[2])
if ARGV[1] ~= '' then
  -- The request was there before its answer; where even the quickest answers are
  -- slow, because of the marketplace's work and not of the way, by most of what
  -- those take. A second after that the slot is surely free: earlier than its
  -- margin says when the answer was quick, later when the request was held up.
  -- 500 us are for the clock's own steps.
  local lo = -1
  local all = redis.call('HGETALL', KEYS[3])
  for i = 2, #all, 2 do
    local l = string.match(all[i], '^(%d+):')
    if l ~= nil and (lo < 0 or tonumber(l) < lo) then lo = tonumber(l) end
  end
  local free = redis.call('ZSCORE', KEYS[1], ARGV[1])
  if free then
    local sure = now + window + 500 - math.floor(math.max(0, lo * 0.8 - 40000))
    redis.call('ZADD', KEYS[1], s(math.min(sure, tonumber(free) + tonumber(ARGV[7]))), ARGV[1])
  end
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
  if asked >= tonumber(ARGV[6]) then redis.call('HSET', KEYS[2], 'ramp_from', s(now + asked), 'ramp_wait', '1') end
  redis.call('PEXPIRE', KEYS[2], s(math.ceil(asked / 1000) + 600000))
end
return 1
