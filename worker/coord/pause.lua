-- Pauses the budget for all, or ends a pause.
-- KEYS 1 state
-- ARGV 1 how long (0: open now)  2 ramp up after it (1/0)
local function s(n) return string.format('%.0f', n) end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local pause = tonumber(ARGV[1])
redis.call('HSET', KEYS[1], 'pause_until', s(now + pause))
if ARGV[2] == '1' then redis.call('HSET', KEYS[1], 'ramp_from', s(now + pause), 'ramp_wait', '1') end
redis.call('PEXPIRE', KEYS[1], s(math.ceil(pause / 1000) + 600000))
return 1
