-- The head left the house, or never will: remove it. ARGV: box, item ids, try a status proves ('' for a sender),
-- history …. What left as one goes as one: the ids must be those of the mark.
-- A message that was sent was sent, whoever holds the lease now. But a late status of the first try says nothing of a
-- second one on its way: freeing the guest then would let the next message overtake it. Answers 1 if it was removed.
local box, ids, proven = ARGV[1], ARGV[2], ARGV[3]
local sending, now = sending_key(box), now_ms()
for n = 4, #ARGV do note('history', ARGV[n]) end
local marked = redis.call('HMGET', sending, 'id', 'token', 'again')
if marked[1] ~= ids then return 0 end
local underway = marked[2] and redis.call('ZSCORE', key('outbox', 'leased'), box)
if proven ~= '' and underway and tonumber(proven) < tonumber(marked[3] or '0') then return 0 end
local count = select(2, string.gsub(ids, ',', '')) + 1
redis.call('LTRIM', out_key(box), count, -1)
redis.call('DECRBY', key('outbox', 'depth'), count)
redis.call('DEL', sending)
if redis.call('EXISTS', quiet_key(box)) == 1 then redis.call('HINCRBY', quiet_key(box), 'passing', -count) end
redis.call('ZREM', key('outbox', 'leased'), box)
if redis.call('LLEN', out_key(box)) > 0 then
  redis.call('ZADD', key('outbox', 'since'), now, box)
  line_up(box, now)
else
  went_on('outbox', box, false, now)
  leave_line(box)
end
return 1
