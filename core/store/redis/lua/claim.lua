-- Take up to `limit` waiting mailboxes under a lease. ARGV: lane, bell, limit, lease ms, bell ms, most read together, their most
-- bytes, ms a lone event may rest, token …
-- Answers {row …, ms}. A row: {box, token, event id, tries, body, plan, session, guest, menu version, profile, ms it may rest,
-- place, body …}: the head, and what waits behind it that may be one message with it. `ms` is '' or when the next one that
-- rests is due: one doorbell waits for that.
-- Finding nothing un-counts the bell in the same step, so that the next push rings again (rule 6).
local lane, bell, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local lease, bell_ttl = tonumber(ARGV[4]), tonumber(ARGV[5])
local most, most_bytes, rest = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local TOKENS = 8
local now = now_ms()
local waiting, leased, serving = key(lane, 'waiting'), key(lane, 'leased'), key(lane, 'serving')
local rows = {}

-- The head is the event whose plan is stored, else the earliest by the sender's clock, then by arrival; then who is behind it.
-- A plan covers what it says, and nothing that came later.
local function places(box, state)
  local pinned = redis.call('HGET', state, 'head')
  local plan = pinned and redis.call('HGET', state, 'plan:' .. string.sub(pinned, 14))
  if not plan then return redis.call('ZRANGE', queue_key(lane, box), 0, math.max(most, 1)), '' end
  local found = cjson.decode(plan).covers or {}
  table.insert(found, 1, pinned)
  return found, plan
end

local function menu_version(state)
  local workspace = redis.call('HGET', state, 'workspace')
  return workspace and redis.call('GET', 'menu:version:' .. workspace) or ''
end

-- What failed twice is read alone: another text may be what it failed for, and must not take it along.
local function append_behind(row, state, found, plan, tries)
  if plan == '' and (tries > 1 or most == 0) then return end
  local bytes = 0
  for n = 2, #found do
    local body = redis.call('HGET', state, 'body:' .. string.sub(found[n], 14))
    bytes = bytes + string.len(body)
    if plan == '' and bytes > most_bytes then return end
    row[#row + 1], row[#row + 2] = found[n], body
  end
end

local function may_rest(state, id, found, plan, tries)
  if plan ~= '' or tries > 0 or #found > 1 then return 0 end
  return math.max(0, tonumber(redis.call('HGET', state, 'came:' .. id) or '0') + rest - now)
end

local function take(box, state, found, plan, tries)
  local id, token = string.sub(found[1], 14), ARGV[TOKENS + #rows + 1]
  redis.call('ZREM', waiting, box)
  redis.call('ZREM', key(lane, 'resting'), box)
  redis.call('ZADD', leased, now + lease, box)
  redis.call('HSET', state, 'head', found[1], 'token', token, 'tries:' .. id, tries + 1)
  local row = {box, token, id, tries + 1, redis.call('HGET', state, 'body:' .. id), plan,
    redis.call('GET', session_key(box)) or '', redis.call('GET', guest_key(box)) or '', menu_version(state),
    redis.call('GET', profile_key(box)) or '', may_rest(state, id, found, plan, tries)}
  append_behind(row, state, found, plan, tries)
  return row
end

for _, box in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, limit)) do
  local state = box_key(lane, box)
  local found, plan = places(box, state)
  if #found == 0 then
    went_on(lane, box, false, now)
    redis.call('ZREM', key(lane, 'resting'), box)
  else
    local tries = tonumber(redis.call('HGET', state, 'tries:' .. string.sub(found[1], 14)) or '0')
    -- What failed before is served alone: if it takes its worker down again, nobody else waits for that lease.
    if tries > 0 and #rows > 0 then break end
    rows[#rows + 1] = take(box, state, found, plan, tries)
    if tries > 0 then break end
  end
end
redis.call('ZREM', key(lane, 'bells'), bell)
redis.call('ZREM', serving, bell)
local soon = ''
if #rows == 0 then
  soon = redis.call('ZRANGE', key(lane, 'resting'), 0, 0, 'WITHSCORES')[2] or ''
  if soon ~= '' and redis.call('ZCOUNT', serving, now, '+inf') > 0 then soon = '' end
end
if #rows > 0 or soon ~= '' then redis.call('ZADD', serving, now + bell_ttl, bell) end
rows[#rows + 1] = soon ~= '' and math.max(1, tonumber(soon) - now) or ''
return rows
