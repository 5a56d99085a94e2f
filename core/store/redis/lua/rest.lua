-- Half a thought waits alone for the other half, until `ms` after it came. That is no try. What came meanwhile ends the wait at
-- once. ARGV: lane, box, token, event id, ms. Answers 1 if this lease held it.
local lane, box, id = ARGV[1], ARGV[2], ARGV[4]
local state, now = box_key(lane, box), now_ms()
if redis.call('HGET', state, 'token') ~= ARGV[3] then return 0 end
redis.call('HDEL', state, 'token')
redis.call('HINCRBY', state, 'tries:' .. id, -1)
redis.call('ZREM', key(lane, 'leased'), box)
local due = tonumber(redis.call('HGET', state, 'came:' .. id) or '0') + tonumber(ARGV[5])
if due > now and redis.call('ZCARD', queue_key(lane, box)) == 1 then
  redis.call('ZADD', key(lane, 'resting'), due, box)
else
  due = now
end
redis.call('ZADD', key(lane, 'waiting'), due, box)
return 1
