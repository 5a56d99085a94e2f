-- A replay of a night: everything that waits to be sent is taken and never leaves the house. Answers the items, in order.
local now, taken = now_ms(), {}
for _, box in ipairs(redis.call('ZRANGE', key('outbox', 'waiting'), 0, -1)) do
  for _, item in ipairs(redis.call('LRANGE', out_key(box), 0, -1)) do
    taken[#taken + 1] = item
    redis.call('DECR', key('outbox', 'depth'))
    if redis.call('EXISTS', quiet_key(box)) == 1 then redis.call('HINCRBY', quiet_key(box), 'passing', -1) end
  end
  redis.call('DEL', out_key(box), sending_key(box))
  leave_line(box)
  went_on('outbox', box, false, now)
end
return taken
