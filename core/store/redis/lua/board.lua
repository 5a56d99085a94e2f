-- A change of an order for the live board, once per outbox row. ARGV: workspace, row id, body, seen seconds.
if not redis.call('SET', seen_key(ARGV[2]), 'done', 'NX', 'EX', ARGV[4]) then return '' end
return redis.call('XADD', 'board:' .. ARGV[1], 'MAXLEN', '~', 5000, '*', 'body', ARGV[3])
