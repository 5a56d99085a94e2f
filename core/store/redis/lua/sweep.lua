-- Return what a dead worker's lease held, and say whether anybody must be woken. ARGV: lane, bell, bell ms.
-- The count of bells is ignored on purpose (rule 6): rings whenever something is due and no live doorbell has a heartbeat.
local lane, now = ARGV[1], now_ms()
local leased = key(lane, 'leased')
local overdue = redis.call('ZRANGEBYSCORE', leased, '-inf', now, 'LIMIT', 0, 1000)
for _, box in ipairs(overdue) do
  redis.call('ZREM', leased, box)
  if lane == 'outbox' then
    local blocked = redis.call('HGET', sending_key(box), 'until')
    line_up(box, tonumber(blocked or now))
  else
    redis.call('HDEL', box_key(lane, box), 'token')
    redis.call('ZADD', key(lane, 'waiting'), now, box)
  end
end
-- Waiting, but in no line: it was put there before there were lines.
if lane == 'outbox' then
  for _, box in ipairs(redis.call('ZRANGEBYSCORE', key(lane, 'waiting'), '-inf', now, 'LIMIT', 0, 1000)) do
    if redis.call('HEXISTS', LINE_OF, box) == 0 then line_up(box, now) end
  end
end
redis.call('ZREMRANGEBYSCORE', key(lane, 'serving'), '-inf', now)
local due = redis.call('ZCOUNT', key(lane, 'waiting'), '-inf', now)
local bell = ''
if due > 0 and redis.call('ZCARD', key(lane, 'serving')) == 0 then
  bell = ARGV[2]
  redis.call('ZADD', key(lane, 'bells'), now + tonumber(ARGV[3]), bell)
end
return {#overdue, due, bell}
