-- Take one conversation with a message due, and mark its head `sending` before anything leaves the house (rule 8).
-- ARGV: bell, token, lease ms, bell ms, blocked ms. Answers {box, token, item, guest, sent before ('1'), tries} or {}.
local bell, token, now = ARGV[1], ARGV[2], now_ms()
local waiting = key('outbox', 'waiting')
redis.call('ZREM', key('outbox', 'bells'), bell)

-- When may the head of this conversation be sent? Now, or at the time answered.
local function due(box)
  local blocked = tonumber(redis.call('HGET', sending_key(box), 'until') or '0')
  if blocked > now then return blocked end
  local passing = redis.call('HGET', quiet_key(box), 'passing')
  if passing and tonumber(passing) <= 0 then return now + redis.call('PTTL', quiet_key(box)) end
  return now
end

local function take(box, item)
  local sending = sending_key(box)
  local before = redis.call('HGET', sending, 'until') and '1' or '0'
  redis.call('ZREM', waiting, box)
  redis.call('ZADD', key('outbox', 'leased'), now + tonumber(ARGV[3]), box)
  redis.call('HSET', sending, 'token', token, 'id', cjson.decode(item).id, 'until', now + tonumber(ARGV[5]))
  local again = tonumber(redis.call('HGET', sending, 'again') or '0')
  if before == '1' then again = redis.call('HINCRBY', sending, 'again', 1) end
  redis.call('ZADD', key('outbox', 'serving'), now + tonumber(ARGV[4]), bell)
  return {box, token, item, redis.call('GET', guest_key(box)) or '', tostring(again),
    redis.call('HGET', sending, 'tries') or '0'}
end

while true do
  local box = redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, 1)[1]
  if not box then
    redis.call('ZREM', key('outbox', 'serving'), bell)
    return {}
  end
  local item = redis.call('LINDEX', out_key(box), 0)
  if not item then
    went_on('outbox', box, false, now)
    redis.call('DEL', sending_key(box))
  else
    local at = due(box)
    if at <= now then return take(box, item) end
    redis.call('ZADD', waiting, at, box)
  end
end
