-- Keep what a webhook or the relay brings: dedupe, append, mark waiting, in one step.
-- ARGV[1]: JSON {lane, bell, most, bell_ttl, seen_ttl, alias_ttl, guest_ttl,
--   items: [{id, addresses, at, body, guest, workspace}], statuses: [{id, body}], notes: [body], directory}
-- Answers {ids that were new, bell to publish, directory version}.
local a = cjson.decode(ARGV[1])
local now = now_ms()
local fresh = {}

local function mailbox_of(addresses)
  local found
  for _, address in ipairs(addresses) do
    found = redis.call('GET', 'alias:' .. address)
    if found then break end
  end
  found = found or addresses[1]
  for _, address in ipairs(addresses) do
    redis.call('SET', 'alias:' .. address, found, 'EX', a.alias_ttl)
  end
  return found
end

local function append(item)
  local box = mailbox_of(item.addresses)
  local state = box_key(a.lane, box)
  local sequence = redis.call('HINCRBY', state, 'sequence', 1)
  redis.call('HSET', state, 'body:' .. item.id, item.body, 'workspace', item.workspace)
  redis.call('ZADD', queue_key(a.lane, box), item.at, string.format('%012d|%s', sequence, item.id))
  redis.call('INCR', key(a.lane, 'depth'))
  if item.guest ~= '' then redis.call('SET', guest_key(box), item.guest, 'EX', a.guest_ttl) end
  enlist(a.lane, box, now)
end

for _, item in ipairs(a.items) do
  if redis.call('SET', seen_key(item.id), 'kept', 'NX', 'EX', a.seen_ttl) then
    append(item)
    fresh[#fresh + 1] = item.id
  end
end
for _, status in ipairs(a.statuses) do
  if redis.call('SET', seen_key(status.id), 'done', 'NX', 'EX', a.seen_ttl) then
    note('statuses', status.body)
  end
end
for _, body in ipairs(a.notes) do note('history', body) end
local bell = ''
if #fresh > 0 then bell = ring(a.lane, a.bell, a.most, a.bell_ttl, now) end
return {fresh, bell, redis.call('GET', 'directory:version') or ''}
