-- The head left the house, or never will: remove it. ARGV: box, item id, try a status proves ('' for a sender), history.
-- A message that was sent was sent, whoever holds the lease now. But a late status of the first try says nothing of a
-- second one on its way: freeing the guest then would let the next message overtake it. Answers 1 if it was removed.
local box, id, proven, history = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local sending, now = sending_key(box), now_ms()
if history ~= '' then note('history', history) end
local marked = redis.call('HMGET', sending, 'id', 'token', 'again')
if marked[1] ~= id then return 0 end
local underway = marked[2] and redis.call('ZSCORE', key('outbox', 'leased'), box)
if proven ~= '' and underway and tonumber(proven) < tonumber(marked[3] or '0') then return 0 end
if redis.call('LPOP', out_key(box)) then redis.call('DECR', key('outbox', 'depth')) end
redis.call('DEL', sending)
if redis.call('EXISTS', quiet_key(box)) == 1 then redis.call('HINCRBY', quiet_key(box), 'passing', -1) end
redis.call('ZREM', key('outbox', 'leased'), box)
went_on('outbox', box, redis.call('LLEN', out_key(box)) > 0, now)
return 1
