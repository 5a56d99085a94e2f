-- So many calls a second towards one account. ARGV: account, id of the caller or '', ms between two calls, ms the caller
-- would wait at most. Answers the ms until its turn, or -1 where that is too far away. A turn once given is kept by its id:
-- who asks again does not go to the end of the queue.
local name, id, step, most, now = 'pace:' .. ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), now_ms()
local mine = 'turn:' .. ARGV[1] .. ':' .. id
local given = id ~= '' and redis.call('GET', mine)
if given then return math.max(0, math.ceil(given - now)) end
local at = math.max(now, tonumber(redis.call('GET', name) or '0'))
if at - now > most then return -1 end
redis.call('SET', name, at + step, 'PX', math.ceil(at + step - now) + 1000)
if id ~= '' then redis.call('SET', mine, at, 'PX', math.ceil(at - now) + 300000) end
return math.ceil(at - now)
