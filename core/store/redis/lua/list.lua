-- Rows of a list changed: pages that show it read them again. Never owed, so no row id. ARGV: workspace, body.
return redis.call('XADD', 'board:' .. ARGV[1], 'MAXLEN', '~', 5000, '*', 'body', ARGV[2])
