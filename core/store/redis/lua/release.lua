-- Give a mailbox back without an end of its turn. ARGV: lane, box, token, event id, counts ('1' the try counts), delay ms,
-- a reply ('' for none) that is said once while the event waits, sender bell, most, bell ms, what went wrong ('' for nothing).
-- Answers {1 if this lease held it, bell of a sender to publish}.
local lane, box, id = ARGV[1], ARGV[2], ARGV[4]
local state = box_key(lane, box)
if redis.call('HGET', state, 'token') ~= ARGV[3] then return {0, ''} end
redis.call('HDEL', state, 'token')
if ARGV[11] ~= '' then redis.call('HSET', state, 'error:' .. id, ARGV[11]) end
if ARGV[5] ~= '1' then redis.call('HINCRBY', state, 'tries:' .. id, -1) end
redis.call('ZREM', key(lane, 'leased'), box)
local now = now_ms()
redis.call('ZADD', key(lane, 'waiting'), now + tonumber(ARGV[6]), box)
if ARGV[7] == '' or redis.call('HSETNX', state, 'told:' .. id, '1') == 0 then return {1, ''} end
write(box, ARGV[7])
line_up_new(box, now)
return {1, ring('outbox', ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10]), now)}
