-- The answer never came: leave the head marked, blocked until a status proves it or its time has passed (rule 8).
-- ARGV: box, item ids, token. Answers 1 if this lease held it.
local box, sending = ARGV[1], sending_key(ARGV[1])
local marked = redis.call('HMGET', sending, 'id', 'token', 'until')
if marked[1] ~= ARGV[2] or marked[2] ~= ARGV[3] then return 0 end
redis.call('HDEL', sending, 'token')
redis.call('ZREM', key('outbox', 'leased'), box)
line_up(box, tonumber(marked[3]))
return 1
