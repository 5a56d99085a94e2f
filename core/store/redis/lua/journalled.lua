-- These arrivals are written down: forget them, and give their bytes back.
-- ARGV: the consumer group, then id and bytes of each. A repeat finds nothing and gives nothing back.
local stream = 'stream:journal'
for place = 2, #ARGV, 2 do
  redis.call('XACK', stream, ARGV[1], ARGV[place])
  if redis.call('XDEL', stream, ARGV[place]) == 1 then
    redis.call('DECRBY', 'journal:bytes', ARGV[place + 1])
  end
end
if redis.call('XLEN', stream) == 0 then redis.call('DEL', 'journal:bytes') end
