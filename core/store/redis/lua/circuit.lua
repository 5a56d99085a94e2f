-- Whether a provider is worth asking, for all processes. ARGV: verb, provider, failures in a row that open it, ms it stays
-- open, ms a probe may take. `enter` answers 1 (go), 2 (go, and it is the probe) or 0; `failed` answers 1 where it opened.
-- Half open, one caller at a time goes through, whichever process asks; one that died is followed after the probe's time.
local verb, name = ARGV[1], 'circuit:' .. ARGV[2]
local most, pause, patience, now = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), now_ms()
local REMEMBERED_MS, STREAK_MS = 3600000, 60000

local function get(field) return tonumber(redis.call('HGET', name, field) or '0') end

local function open()
  redis.call('HSET', name, 'until', now + pause, 'probe', 0)
  redis.call('HSETNX', name, 'since', now)
  redis.call('PEXPIRE', name, REMEMBERED_MS)
  return 1
end

if verb == 'enter' then
  if get('until') == 0 then return 1 end
  if now < get('until') or now < get('probe') then return 0 end
  redis.call('HSET', name, 'probe', now + patience)
  return 2
end

if verb == 'worked' then
  redis.call('DEL', name)
  return 0
end

-- Of those that were under way when it opened, none makes it last longer; the probe does.
if get('until') > 0 then return get('probe') > now and open() or 0 end
local failures = redis.call('HINCRBY', name, 'failures', 1)
redis.call('PEXPIRE', name, STREAK_MS)
return failures >= most and open() or 0
