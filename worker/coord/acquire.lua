-- Takes a slot for one request, or tells how long to wait.
-- KEYS 1 log: slots in use, scored by when they are free
--      2 state: epoch, pause_until, ramp_from, ramp_wait, refused, widen, widen_at, held
--      3 urgent: process -> "waiting:until"
--      4 spread: process -> "lo:hi:at" of answer times
-- ARGV 1 slots  2 window  3 least margin  4 most margin  5 slot id  6 urgent (1/0)
--      7 urgent requests waiting in this process  8 process  9 epoch the process
--      last took a slot under, '' if that is long ago  10 a new epoch
--      11 lo  12 hi (-1: no samples)  13 length of a ramp's step
-- Returns {granted, wait, epoch, paused, margin}.
local function s(n) return string.format('%.0f', n) end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local slots, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local least, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local urgent = ARGV[6] == '1'
local state = {}
local raw = redis.call('HGETALL', KEYS[2])
for i = 1, #raw, 2 do state[raw[i]] = raw[i + 1] end

-- The margin: how unevenly requests arrive, seen from the spread of answers.
local lo, hi = tonumber(ARGV[11]), tonumber(ARGV[12])
if hi >= 0 then redis.call('HSET', KEYS[4], ARGV[8], ARGV[11] .. ':' .. ARGV[12] .. ':' .. s(now)) end
local all = redis.call('HGETALL', KEYS[4])
for i = 1, #all, 2 do
  local l, h, at = string.match(all[i + 1], '^(%d+):(%d+):(%d+)$')
  if l == nil or now - tonumber(at) > 30000000 then
    redis.call('HDEL', KEYS[4], all[i])
  else
    if lo < 0 or tonumber(l) < lo then lo = tonumber(l) end
    if tonumber(h) > hi then hi = tonumber(h) end
  end
end
local margin = least
if hi >= 0 then margin = math.max(least, (hi - lo) * 1.25) end
local widen = tonumber(state.widen or '1')
if widen > 1 then
  -- A refusal widens it; that wears off by half each minute.
  widen = math.max(1, widen * 0.5 ^ ((now - tonumber(state.widen_at)) / 60000000))
end
margin = math.floor(math.min(most, margin * widen))

-- What was lost with Redis's memory is waited out once.
local epoch = state.epoch
if epoch == nil then
  epoch = ARGV[10]
  redis.call('HSET', KEYS[2], 'epoch', epoch)
end
if ARGV[9] ~= '' and ARGV[9] ~= epoch and state.held == nil then
  state.held = s(now + window + most)
  redis.call('HSET', KEYS[2], 'held', state.held)
end

local keep = math.ceil((window + most) / 1000) + 5000
local pause = tonumber(state.pause_until or '0')
redis.call('PEXPIRE', KEYS[2], s(math.max(keep, 600000, math.ceil((pause - now) / 1000) + 600000)))
redis.call('PEXPIRE', KEYS[4], 60000)

if tonumber(ARGV[7]) > 0 then
  redis.call('HSET', KEYS[3], ARGV[8], ARGV[7] .. ':' .. s(now + 2000000))
  redis.call('PEXPIRE', KEYS[3], 10000)
else
  redis.call('HDEL', KEYS[3], ARGV[8])
end

if pause > now then return {0, pause - now, epoch, 1, margin} end
if state.held ~= nil and tonumber(state.held) > now then return {0, tonumber(state.held) - now, epoch, 0, margin} end

if state.ramp_from ~= nil then
  if state.ramp_wait ~= nil then
    -- The ramp begins with the first request after the pause, however late.
    state.ramp_from = s(now)
    redis.call('HSET', KEYS[2], 'ramp_from', state.ramp_from)
    redis.call('HDEL', KEYS[2], 'ramp_wait')
  end
  local steps = math.floor((now - tonumber(state.ramp_from)) / tonumber(ARGV[13]))
  local ramp = math.ceil(slots / 16 * 2 ^ math.max(0, steps))
  if ramp >= slots then redis.call('HDEL', KEYS[2], 'ramp_from') else slots = math.max(1, ramp) end
end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', s(now))
local used = redis.call('ZCARD', KEYS[1])
local first = 0 -- slots that more urgent requests elsewhere will take
if not urgent then
  local waiting = redis.call('HGETALL', KEYS[3])
  for i = 1, #waiting, 2 do
    local n, till = string.match(waiting[i + 1], '^(%d+):(%d+)$')
    if n ~= nil and tonumber(till) > now then first = first + tonumber(n) end
  end
end
if used + first < slots then
  redis.call('ZADD', KEYS[1], s(now + window + margin), ARGV[5])
  redis.call('PEXPIRE', KEYS[1], keep)
  if urgent then
    local left = tonumber(ARGV[7]) - 1
    if left > 0 then redis.call('HSET', KEYS[3], ARGV[8], left .. ':' .. s(now + 2000000)) else redis.call('HDEL', KEYS[3], ARGV[8]) end
  end
  return {1, 0, epoch, 0, margin}
end
local nth = used - slots
if nth < 0 then return {0, 5000, epoch, 0, margin} end -- slots are free, for the urgent ones
local free = redis.call('ZRANGE', KEYS[1], nth, nth, 'WITHSCORES')
return {0, math.max(200, tonumber(free[2]) - now), epoch, 0, margin}
