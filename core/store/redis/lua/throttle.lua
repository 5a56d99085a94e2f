-- What may be sent when, as one date per number and per guest: the time at which all that was sent is paid for. A number may
-- do `guest.rate` messages a second, in and out. It is used at nine tenths, with a ninth of a second borrowed at most: so no
-- second, wherever it begins, holds more than the whole. A guest whose channel has no rate (a test's) is not held back.
local AHEAD_MS, HEARD_SECONDS = 111, 3

local function number_key(channel) return 'number:' .. channel end
local function pair_key(box) return 'pair:' .. box end
local function window_key(box) return 'window:' .. box end
local function stopped_key(box) return 'stopped:' .. box end

local function owed(name) return tonumber(redis.call('GET', name) or '0') end

local function owe(name, ms, now, most)
  local before = math.max(owed(name), now)
  local at = math.max(before, math.min(before + ms, now + (most or math.huge)))
  if at > now then redis.call('SET', name, at, 'PX', math.ceil(at - now)) end
end

local function heard_key(channel, now) return 'heard:' .. channel .. ':' .. math.floor(now / 1000) end

-- What guests wrote in the last second leaves that much less to answer with; but two fifths are ours in any flood.
local function number_step(guest, now)
  return 1000 / math.max(0.9 * guest.rate - owed(heard_key(guest.channel, now - 1000)), 0.4 * guest.rate)
end

local function number_free_at(guest, now)
  local at = guest.rate and owed(number_key(guest.channel)) or 0
  return at > 0 and at + number_step(guest, now) - AHEAD_MS or 0
end

-- The newest message of each guest, until it shows as read. Without anybody to show it, a minute is enough.
local UNREAD, UNREAD_IDS, UNREAD_SECONDS = 'unread', 'unread:ids', 60

-- `since` and `ids` are flat pairs for ZADD and HSET.
local function unread(since, ids)
  if #ids == 0 then return end
  in_pieces(since, function(...) redis.call('ZADD', UNREAD, 'NX', ...) end)
  in_pieces(ids, function(...) redis.call('HSET', UNREAD_IDS, ...) end)
  redis.call('EXPIRE', UNREAD, UNREAD_SECONDS)
  redis.call('EXPIRE', UNREAD_IDS, UNREAD_SECONDS)
end

-- So many guests wrote to this channel: they are messages of its number, too.
local function heard(channel, count, now)
  local counted = heard_key(channel, now)
  redis.call('INCRBY', counted, count)
  redis.call('EXPIRE', counted, HEARD_SECONDS)
end

-- A guest wrote: that opens the guest's 24 hours anew. What was written within the same minute changes nothing: five minutes
-- of the day are left to such things (WINDOW_SECONDS).
local LATELY_MS = 60000

local function window_left(item, now) return math.ceil(item.heard * 1000 + item.window - now) end

local function heard_lately(box, item, now)
  return redis.call('PTTL', window_key(box)) > math.max(window_left(item, now) - LATELY_MS, 0)
end

local function opened(box, item, now)
  local left = window_left(item, now)
  if left > redis.call('PTTL', window_key(box)) then redis.call('SET', window_key(box), '1', 'PX', left) end
end
