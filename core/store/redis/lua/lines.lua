-- Who may send next. `lane:outbox:waiting` says who waits and from when; beside it every guest who waits stands in one line,
-- by the rank of the next message (0 reply, 1 notice, 2 campaign) and the workspace, so that replies leave before anything
-- else and no workspace waits behind another one's flood. A line is an index: it changes in the same script.
local RANKS = 2
local LINE_OF = key('outbox', 'line_of')

local function turns_key(rank) return key('outbox', 'turns:' .. rank) end
local function line_key(line) return key('outbox', 'line:' .. line) end

local function guest_of(box)
  local guest = redis.call('GET', guest_key(box))
  return guest and cjson.decode(guest) or {}
end

local function leave_line(box)
  local line = redis.call('HGET', LINE_OF, box)
  if not line then return end
  redis.call('ZREM', line_key(line), box)
  redis.call('HDEL', LINE_OF, box)
end

-- A reply that stands behind something less urgent takes it along: the order of one guest's messages is never changed.
local function rank_of(box)
  local rank = RANKS
  for _, place in ipairs({0, -1}) do
    local item = redis.call('LINDEX', out_key(box), place)
    rank = math.min(rank, item and cjson.decode(item).rank or 0)
    if rank == 0 then break end
  end
  return rank
end

-- This guest's next message is due at `at`.
local function line_up(box, at)
  leave_line(box)
  local rank, workspace = rank_of(box), guest_of(box).workspace or ''
  local line = rank .. ':' .. workspace
  redis.call('ZADD', key('outbox', 'waiting'), at, box)
  redis.call('HSET', LINE_OF, box, line)
  redis.call('ZADD', line_key(line), at, box)
  -- A workspace that is being served keeps its turn; one that slept until something is due may be woken earlier.
  local turn = redis.call('ZSCORE', turns_key(rank), workspace)
  if not turn or tonumber(turn) >= now_ms() + 1 then redis.call('ZADD', turns_key(rank), 'LT', at, workspace) end
end

-- Something new to say: who is being served, or has to wait for a reason, goes on doing so.
local function line_up_new(box, now)
  redis.call('ZADD', key('outbox', 'since'), 'NX', now, box)
  if redis.call('ZSCORE', key('outbox', 'leased'), box) then return end
  line_up(box, redis.call('ZSCORE', key('outbox', 'waiting'), box) or now)
end
