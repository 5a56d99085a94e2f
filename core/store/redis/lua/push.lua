-- Keep what a webhook or the relay brings: dedupe, append, mark waiting, in one step.
-- ARGV[1]: JSON {lane, bell, most, bell_ttl, seen_ttl, alias_ttl, guest_ttl,
--   items: [{id, addresses, owner, former, fixed, at, body, guest, workspace, heard, external, window, channel}],
--   statuses: [{id, body}], notes: [body], journal_most, arrivals}
-- ARGV[2]: for the journal, the webhooks as they arrived, in one piece ('' for none); no JSON need carry them.
-- Answers {ids that were new, bell to publish, directory version}.
local a = cjson.decode(ARGV[1])
local now = now_ms()
local fresh = {}

-- A mailbox belongs to the business-scoped id that wrote into it: a number that came to another person does not open it.
local function opens(box, item)
  local owner = redis.call('GET', 'owner:' .. box)
  return not owner or item.owner == '' or owner == item.owner
end

local function found_by(addresses, item)
  for _, address in ipairs(addresses) do
    local box = redis.call('GET', 'alias:' .. address)
    if box and (not item or opens(box, item)) then return box end
  end
end

-- `former`: by these the guest was known until now. They lead to the mailbox once more, and from then on nowhere.
local function mailbox_of(item)
  if item.fixed then return item.addresses[1] end
  local found = found_by(item.former) or found_by(item.addresses, item) or item.addresses[1]
  for _, address in ipairs(item.former) do redis.call('DEL', 'alias:' .. address) end
  for _, address in ipairs(item.addresses) do
    redis.call('SET', 'alias:' .. address, found, 'EX', a.alias_ttl)
  end
  if item.owner ~= '' then redis.call('SET', 'owner:' .. found, item.owner, 'EX', a.alias_ttl) end
  return found
end

local function append(item)
  local box = mailbox_of(item)
  local state = box_key(a.lane, box)
  local sequence = redis.call('HINCRBY', state, 'sequence', 1)
  redis.call('HSET', state, 'body:' .. item.id, item.body, 'came:' .. item.id, now, 'workspace', item.workspace)
  redis.call('ZADD', queue_key(a.lane, box), item.at, string.format('%012d|%s', sequence, item.id))
  redis.call('INCR', key(a.lane, 'depth'))
  if item.guest ~= '' then redis.call('SET', guest_key(box), item.guest, 'EX', a.guest_ttl) end
  if item.heard > 0 then heard(box, item, now) end
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
if ARGV[2] ~= '' then journal(ARGV[2], a.arrivals, a.journal_most) end
local bell = ''
if #fresh > 0 then bell = ring(a.lane, a.bell, a.most, a.bell_ttl, now) end
return {fresh, bell, redis.call('GET', 'directory:version') or ''}
