-- Give a mailbox back without an end of its turn. ARGV: lane, box, token, event id, counts ('1' the try counts), delay ms.
local lane, box, id = ARGV[1], ARGV[2], ARGV[4]
local state = box_key(lane, box)
if redis.call('HGET', state, 'token') ~= ARGV[3] then return 0 end
redis.call('HDEL', state, 'token')
if ARGV[5] ~= '1' then redis.call('HINCRBY', state, 'tries:' .. id, -1) end
redis.call('ZREM', key(lane, 'leased'), box)
redis.call('ZADD', key(lane, 'waiting'), now_ms() + tonumber(ARGV[6]), box)
return 1
