-- What the last failed try of an event left. ARGV: lane, box, event id. Answers it, or ''.
return redis.call('HGET', box_key(ARGV[1], ARGV[2]), 'error:' .. ARGV[3]) or ''
