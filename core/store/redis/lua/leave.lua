-- A doorbell's time is up: un-count it and, if something is due or rests, count the one that takes over.
-- ARGV: lane, bell, next bell, most, bell ms. Answers the bell to publish or ''.
local lane, now = ARGV[1], now_ms()
redis.call('ZREM', key(lane, 'serving'), ARGV[2])
if redis.call('ZCOUNT', key(lane, 'waiting'), '-inf', now) + redis.call('ZCARD', key(lane, 'resting')) == 0 then return '' end
return ring(lane, ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), now)
