-- Nothing left the house: try the same head again later. ARGV: box, item id, token, delay ms. Answers 1 if this lease held it.
local box, sending = ARGV[1], sending_key(ARGV[1])
local marked = redis.call('HMGET', sending, 'id', 'token')
if marked[1] ~= ARGV[2] or marked[2] ~= ARGV[3] then return 0 end
redis.call('HDEL', sending, 'id', 'token', 'until')
redis.call('HINCRBY', sending, 'tries', 1)
redis.call('ZREM', key('outbox', 'leased'), box)
redis.call('ZADD', key('outbox', 'waiting'), now_ms() + tonumber(ARGV[4]), box)
return 1
