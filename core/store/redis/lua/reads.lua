-- Messages of guests not shown as read yet. ARGV: most, ms after which an answer is slow. Answers {guest, message id, typing} …
-- Before that, an answer on its way is left alone: a typing sign that arrives after it would stay for 25 s.
local most, slow, now = tonumber(ARGV[1]), tonumber(ARGV[2]), now_ms()
local rows = {}

local function is_coming(box)
  return redis.call('ZSCORE', key('conversations', 'waiting'), box) or redis.call('ZSCORE', key('conversations', 'leased'), box)
    or redis.call('EXISTS', out_key(box)) == 1
end

local found = redis.call('ZRANGE', UNREAD, 0, most - 1, 'WITHSCORES')
for n = 1, #found, 2 do
  local box, coming = found[n], is_coming(found[n])
  if not coming or now - found[n + 1] >= slow then
    rows[#rows + 1] = {redis.call('GET', guest_key(box)) or '', redis.call('HGET', UNREAD_IDS, box) or '', coming and '1' or ''}
    redis.call('ZREM', UNREAD, box)
    redis.call('HDEL', UNREAD_IDS, box)
  end
end
return rows
