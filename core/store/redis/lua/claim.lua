-- Take up to `limit` waiting mailboxes under a lease. ARGV: lane, bell, limit, lease ms, bell ms, token …
-- Answers one row per mailbox: {box, token, event id, tries, body, plan, session, guest, menu version, profile}.
-- Finding nothing un-counts the bell in the same step, so that the next push rings again (rule 6).
local lane, bell, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local lease, bell_ttl = tonumber(ARGV[4]), tonumber(ARGV[5])
local now = now_ms()
local waiting, leased = key(lane, 'waiting'), key(lane, 'leased')
local rows = {}

-- The head is the event whose plan is stored, else the earliest by the sender's clock, then by arrival.
local function head(box, state)
  local pinned = redis.call('HGET', state, 'head')
  if pinned and redis.call('HEXISTS', state, 'plan:' .. string.sub(pinned, 14)) == 1 then return pinned end
  return redis.call('ZRANGE', queue_key(lane, box), 0, 0)[1]
end

local function menu_version(state)
  local workspace = redis.call('HGET', state, 'workspace')
  return workspace and redis.call('GET', 'menu:version:' .. workspace) or ''
end

for _, box in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, limit)) do
  local state = box_key(lane, box)
  local member = head(box, state)
  if not member then
    went_on(lane, box, false, now)
  else
    local id = string.sub(member, 14)
    local tries = tonumber(redis.call('HGET', state, 'tries:' .. id) or '0')
    -- What failed before is served alone: if it takes its worker down again, nobody else waits for that lease.
    if tries > 0 and #rows > 0 then break end
    local token = ARGV[5 + #rows + 1]
    redis.call('ZREM', waiting, box)
    redis.call('ZADD', leased, now + lease, box)
    redis.call('HSET', state, 'head', member, 'token', token, 'tries:' .. id, tries + 1)
    local found = redis.call('HMGET', state, 'body:' .. id, 'plan:' .. id)
    rows[#rows + 1] = {box, token, id, tries + 1, found[1], found[2] or '',
      redis.call('GET', session_key(box)) or '', redis.call('GET', guest_key(box)) or '', menu_version(state),
      redis.call('GET', profile_key(box)) or ''}
    if tries > 0 then break end
  end
end
redis.call('ZREM', key(lane, 'bells'), bell)
if #rows == 0 then
  redis.call('ZREM', key(lane, 'serving'), bell)
else
  redis.call('ZADD', key(lane, 'serving'), now + bell_ttl, bell)
end
return rows
