-- Keep leases and the bell alive while turns are being taken. ARGV: lane, bell, bell ms, lease ms, box, token, box, token …
local lane, now = ARGV[1], now_ms()
redis.call('ZADD', key(lane, 'serving'), 'XX', now + tonumber(ARGV[3]), ARGV[2])
for i = 5, #ARGV, 2 do
  if redis.call('HGET', box_key(lane, ARGV[i]), 'token') == ARGV[i + 1] then
    redis.call('ZADD', key(lane, 'leased'), 'XX', now + tonumber(ARGV[4]), ARGV[i])
  end
end
return 1
