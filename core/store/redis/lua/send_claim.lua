-- Take one conversation with a message due, and mark what is sent of it `sending` before anything leaves the house (rule 8).
-- ARGV: bell, token, lease ms, bell ms, blocked ms, most merged, most units, pair ms, pair burst.
-- Answers {box, token, guest, sent before, tries, window open ('1'), stopped ('1'), directory version, item …}, {ms to wait}
-- or {}.
local bell, token, lease, bell_ttl, blocked_for = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local most_merged, most_units = tonumber(ARGV[6]), tonumber(ARGV[7])
local pair_ms, pair_burst = tonumber(ARGV[8]), tonumber(ARGV[9])
local SOON_MS = 250
local clock, now = redis.call('TIME'), now_ms()
local exact = clock[1] * 1000 + clock[2] / 1000  -- finer than `now`: two turns of a millisecond still have an order
redis.call('ZREM', key('outbox', 'bells'), bell)

-- When may the head of this conversation be sent? Now, or at the time answered.
local function due(box, guest)
  local blocked = tonumber(redis.call('HGET', sending_key(box), 'until') or '0')
  if blocked > now then return blocked end
  local passing = redis.call('HGET', quiet_key(box), 'passing')
  if passing and tonumber(passing) <= 0 then return now + redis.call('PTTL', quiet_key(box)) end
  return guest.rate and owed(pair_key(box)) - (pair_burst - 1) * pair_ms or now
end

local function plain_length(item)
  local units = cjson.decode(item).plain or 0
  return units > 0 and units
end

-- How many messages leave as one: those the mark names, else plain texts that fit together and may pass.
local function together(box, items, window)
  local marked = redis.call('HGET', sending_key(box), 'id')
  if marked then return select(2, string.gsub(marked, ',', '')) + 1 end
  local units = plain_length(items[1])
  if not units or window ~= '1' then return 1 end
  local passing = tonumber(redis.call('HGET', quiet_key(box), 'passing') or #items)
  for n = 2, math.min(#items, passing) do
    local more = plain_length(items[n])
    units = more and units + 2 + more
    if not units or units > most_units then return n - 1 end
  end
  return math.max(1, math.min(#items, passing))
end

local function take(box, guest)
  local sending = sending_key(box)
  local window = redis.call('EXISTS', window_key(box)) == 1 and '1' or ''
  local items = redis.call('LRANGE', out_key(box), 0, most_merged - 1)
  local count, ids = together(box, items, window), {}
  for n = 1, count do ids[n] = cjson.decode(items[n]).id end
  local again = redis.call('HGET', sending, 'again') or '0'
  if redis.call('HEXISTS', sending, 'until') == 1 then again = redis.call('HINCRBY', sending, 'again', 1) end
  redis.call('ZREM', key('outbox', 'waiting'), box)
  leave_line(box)
  redis.call('ZADD', key('outbox', 'leased'), now + lease, box)
  redis.call('HSET', sending, 'token', token, 'id', table.concat(ids, ','), 'until', now + blocked_for)
  redis.call('ZADD', key('outbox', 'serving'), now + bell_ttl, bell)
  if guest.rate then
    owe(number_key(guest.channel), number_step(guest, now), now)
    owe(pair_key(box), pair_ms, now)
  end
  local stopped = (guest.stopped or redis.call('EXISTS', stopped_key(box)) == 1) and '1' or ''
  return {box, token, redis.call('GET', guest_key(box)) or '', tostring(again), redis.call('HGET', sending, 'tries') or '0',
    window, stopped, redis.call('GET', 'directory:version') or '', unpack(items, 1, count)}
end

-- The workspace whose turn it is: its longest waiting guest, if that one may be served. Otherwise says why not by moving it.
local function serve(rank, workspace)
  local line = line_key(rank .. ':' .. workspace)
  local box, at = unpack(redis.call('ZRANGE', line, 0, 0, 'WITHSCORES'))
  if not box then return redis.call('ZREM', turns_key(rank), workspace) end
  if tonumber(at) > exact then return redis.call('ZADD', turns_key(rank), at, workspace) end
  if redis.call('EXISTS', out_key(box)) == 0 then
    leave_line(box)
    went_on('outbox', box, false, now)
    return redis.call('DEL', sending_key(box))
  end
  local guest = guest_of(box)
  local later, free = due(box, guest), number_free_at(guest, now)
  if later > exact then return line_up(box, later) end
  if free > exact then return redis.call('ZADD', turns_key(rank), free, workspace) end
  redis.call('ZADD', turns_key(rank), exact, workspace)
  return take(box, guest)
end

local soon = now + SOON_MS
for rank = 0, RANKS do
  while true do
    local workspace, at = unpack(redis.call('ZRANGE', turns_key(rank), 0, 0, 'WITHSCORES'))
    if workspace and tonumber(at) > exact then soon = math.min(soon, tonumber(at)) end
    if not workspace or tonumber(at) > exact then break end
    local letter = serve(rank, workspace)
    if type(letter) == 'table' then return letter end
  end
end

-- A number at its limit is free again within milliseconds: one sender waits for it, the others go.
redis.call('ZREM', key('outbox', 'serving'), bell)
if soon >= now + SOON_MS or redis.call('ZCOUNT', key('outbox', 'serving'), now, '+inf') > 0 then return {} end
redis.call('ZADD', key('outbox', 'serving'), now + bell_ttl, bell)
return {tostring(math.ceil(soon - now))}
