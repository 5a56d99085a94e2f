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

-- Whether everything kept of a guest was kept within the last minute and says the same: in the middle of an order it does,
-- and need not be written again. (The mailbox of nearly everybody is named by the first address.)
local function is_known(item, box)
  if item.heard == 0 or #item.former > 0 or not heard_lately(box, item, now) then return false end
  local names, wanted = {guest_key(box), 'owner:' .. box}, {item.guest, item.owner}
  for place, address in ipairs(item.addresses) do names[2 + place], wanted[2 + place] = 'alias:' .. address, box end
  for place, kept in ipairs(redis.call('MGET', unpack(names))) do
    if wanted[place] ~= '' and kept ~= wanted[place] then return false end
  end
  return true
end

-- Where a guest's messages are from now on, and how to answer. `former`: by these the guest was known until now; they lead to
-- the mailbox once more, and from then on nowhere.
local function get_to_know(item)
  local box = found_by(item.former) or found_by(item.addresses, item) or item.addresses[1]
  for _, address in ipairs(item.former) do redis.call('DEL', 'alias:' .. address) end
  for _, address in ipairs(item.addresses) do redis.call('SET', 'alias:' .. address, box, 'EX', a.alias_ttl) end
  if item.owner ~= '' then redis.call('SET', 'owner:' .. box, item.owner, 'EX', a.alias_ttl) end
  return box
end

local function mailbox_of(item)
  local box = item.addresses[1]
  if is_known(item, box) then return box end
  if not item.fixed then box = get_to_know(item) end
  if item.heard > 0 then opened(box, item, now) end
  if item.guest ~= '' then redis.call('SET', guest_key(box), item.guest, 'EX', a.guest_ttl) end
  return box
end

-- What is written once, after the last of many: who waits, who wrote and what last, how many wrote to each channel.
local boxes, unread_since, unread_ids, counts = {}, {}, {}, {}

local function append(item)
  local box = mailbox_of(item)
  local state = box_key(a.lane, box)
  local sequence = redis.call('HINCRBY', state, 'sequence', 1)
  redis.call('HSET', state, 'body:' .. item.id, item.body, 'came:' .. item.id, now, 'workspace', item.workspace)
  redis.call('ZADD', queue_key(a.lane, box), item.at, string.format('%012d|%s', sequence, item.id))
  boxes[#boxes + 1] = box
  if item.heard > 0 then
    counts[item.channel] = (counts[item.channel] or 0) + 1
    add(unread_since, now, box)
    add(unread_ids, box, item.external)
  end
end

for _, item in ipairs(a.items) do
  if redis.call('SET', seen_key(item.id), 'kept', 'NX', 'EX', a.seen_ttl) then
    append(item)
    fresh[#fresh + 1] = item.id
  end
end
if #fresh > 0 then
  redis.call('INCRBY', key(a.lane, 'depth'), #fresh)
  enlist(a.lane, boxes, now)
end
for channel, count in pairs(counts) do heard(channel, count, now) end
unread(unread_since, unread_ids)
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
