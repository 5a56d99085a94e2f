-- Nothing left the house: try the same head again later. ARGV: box, item ids, token, delay ms, ms for which the whole number
-- must rest, '1' where the guest's window turned out to be closed. Answers 1 if this lease held it.
local box, sending, now = ARGV[1], sending_key(ARGV[1]), now_ms()
local rest = tonumber(ARGV[5])
if rest > 0 then owe(number_key(guest_of(box).channel), rest, now, rest) end
if ARGV[6] == '1' then redis.call('DEL', window_key(box)) end
local marked = redis.call('HMGET', sending, 'id', 'token')
if marked[1] ~= ARGV[2] or marked[2] ~= ARGV[3] then return 0 end
redis.call('HDEL', sending, 'id', 'token', 'until')
redis.call('HINCRBY', sending, 'tries', 1)
redis.call('ZREM', key('outbox', 'leased'), box)
line_up(box, now + tonumber(ARGV[4]))
return 1
