-- Tries that failed because the store was away do not count. ARGV: lane, box, event id, box, event id …
for i = 2, #ARGV, 2 do
  local state, field = box_key(ARGV[1], ARGV[i]), 'tries:' .. ARGV[i + 1]
  if tonumber(redis.call('HGET', state, field) or '0') > 0 then redis.call('HINCRBY', state, field, -1) end
end
return 1
