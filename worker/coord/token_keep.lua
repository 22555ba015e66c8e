-- Stores what a sign-in gave and opens the lock, if the lock is still ours: one
-- that ran out may be another's by now, whose token is the newer one. A lock
-- that is nobody's, and no newer token, say that Redis lost its memory meanwhile.
-- KEYS 1 token  2 lock  3 failure
-- ARGV 1 owner  2 'token', 'failed' or 'none'  3 digest | text  4 sealed  5 life  6 slack  7 the stale token's digest
local function s(n) return string.format('%.0f', n) end
local lock = redis.call('GET', KEYS[2])
if lock ~= ARGV[1] then
  local have = redis.call('HGET', KEYS[1], 'digest')
  if lock ~= false or ARGV[2] ~= 'token' or (have ~= false and have ~= ARGV[7]) then return 0 end
end
redis.call('DEL', KEYS[2])
if ARGV[2] == 'none' then return 1 end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local life = tonumber(ARGV[5])
local keep = s(math.ceil(life / 1000) + 5000)
if ARGV[2] == 'token' then
  redis.call('DEL', KEYS[1], KEYS[3])
  redis.call('HSET', KEYS[1], 'digest', ARGV[3], 'value', ARGV[4], 'ends', s(now + life), 'slack', ARGV[6])
  redis.call('PEXPIRE', KEYS[1], keep)
else
  redis.call('HSET', KEYS[3], 'text', ARGV[3], 'ends', s(now + life))
  redis.call('PEXPIRE', KEYS[3], keep)
end
return 1
