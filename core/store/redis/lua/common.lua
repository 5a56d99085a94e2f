-- Shared by every script: the server's clock, key names, and the doorbell rule.
local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- A lane is one kind of mailbox: conversations, payments, or the outbox of messages to send.
local function key(lane, name) return 'lane:' .. lane .. ':' .. name end
local function box_key(lane, box) return 'box:' .. lane .. ':' .. box end
local function queue_key(lane, box) return 'queue:' .. lane .. ':' .. box end
local function out_key(box) return 'out:' .. box end
local function sending_key(box) return 'sending:' .. box end
local function quiet_key(box) return 'quiet:' .. box end
local function guest_key(box) return 'guest:' .. box end
local function profile_key(box) return 'profile:' .. box end
local function session_key(box) return 'user_session:' .. box end
local function seen_key(id) return 'seen:' .. id end

-- Streams are written down within seconds. While PostgreSQL is away they may grow to about 100 MB each (some 300 bytes an
-- entry) of the gigabyte that the mailboxes need themselves; an alert comes long before.
local STREAM_MOST = 300000
local function note(stream, body) redis.call('XADD', 'stream:' .. stream, 'MAXLEN', '~', STREAM_MOST, '*', 'body', body) end

-- The journal waits here to be written down, as many bytes of it as are allowed; what comes after that is only counted.
-- Nothing of it may fail a webhook that is kept otherwise.
local function journal(arrivals, count, most)
  if redis.call('INCRBY', 'journal:bytes', #arrivals) > most then
    redis.call('DECRBY', 'journal:bytes', #arrivals)
    redis.call('INCRBY', 'journal:missed', count)
  else
    redis.pcall('XADD', 'stream:journal', 'MAXLEN', '~', STREAM_MOST, '*', 'body', arrivals)
  end
end

local function add(pairs, one, other)
  pairs[#pairs + 1] = one
  pairs[#pairs + 1] = other
end

-- One command for many members costs a fraction of one for each; Lua hands over no more than some thousands at once.
local function in_pieces(members, call)
  for first = 1, #members, 1000 do call(unpack(members, first, math.min(first + 999, #members))) end
end

-- Ring only while fewer than `most` doorbells are live (rule 6: deadlines, not a counter). Returns the bell to publish or ''.
local function ring(lane, bell, most, ttl, now)
  if bell == '' then return '' end
  local rung, serving = key(lane, 'bells'), key(lane, 'serving')
  redis.call('ZREMRANGEBYSCORE', rung, '-inf', now)
  local live = redis.call('ZCARD', rung) + redis.call('ZCOUNT', serving, now, '+inf')
  if live >= most then return '' end
  redis.call('ZADD', rung, now + ttl, bell)
  return bell
end

-- One place at a time (rule 5): a mailbox that is leased stays where it is, its commit or release enlists it again.
-- `since` is when what it holds began to wait: a release moves `waiting` on, and must not hide an hour without an answer.
-- One that rests for the second half of a thought has it now, or something else that must not wait.
local function enlist(lane, boxes, at)
  local since, idle = {}, {}
  for _, box in ipairs(boxes) do
    add(since, at, box)
    if redis.call('ZREM', key(lane, 'resting'), box) == 1 then
      redis.call('ZADD', key(lane, 'waiting'), at, box)
    elseif not redis.call('ZSCORE', key(lane, 'leased'), box) then
      add(idle, at, box)
    end
  end
  in_pieces(since, function(...) redis.call('ZADD', key(lane, 'since'), 'NX', ...) end)
  in_pieces(idle, function(...) redis.call('ZADD', key(lane, 'waiting'), 'NX', ...) end)
end

-- The head of a mailbox has gone: the next one waits from now on, an empty mailbox does not wait.
local function went_on(lane, box, more, now)
  if more then
    redis.call('ZADD', key(lane, 'waiting'), now, box)
    redis.call('ZADD', key(lane, 'since'), now, box)
  else
    redis.call('ZREM', key(lane, 'waiting'), box)
    redis.call('ZREM', key(lane, 'since'), box)
  end
end

-- A reply waits to be sent.
local function write(box, reply)
  redis.call('RPUSH', out_key(box), reply)
  redis.call('INCR', key('outbox', 'depth'))
end
