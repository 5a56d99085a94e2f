-- End a turn, all or nothing: pop its event and those read together with it, save the session, append the replies, note all.
-- ARGV[1]: JSON {lane, box, token, id, covers: [place], session, session_ttl, replies: [json], history: [json], quiet, quiet_ms, quiet_over, stopped, stopped_ttl,
--   sender, sender_most, bell_ttl}. Answers {'done' | 'already' | 'lost', bell of a sender to publish}.
local a = cjson.decode(ARGV[1])
local now = now_ms()
local state, queue = box_key(a.lane, a.box), queue_key(a.lane, a.box)
local held = redis.call('HMGET', state, 'token', 'head')

-- It names what it works on (rule 1): a repeat changes nothing.
if held[1] ~= a.token or not held[2] or string.sub(held[2], 14) ~= a.id then
  return {redis.call('GET', seen_key(a.id)) == 'done' and 'already' or 'lost', ''}
end

local function pop(place)
  local id = string.sub(place, 14)
  redis.call('ZREM', queue, place)
  redis.call('HDEL', state, 'body:' .. id, 'came:' .. id, 'plan:' .. id, 'tries:' .. id, 'told:' .. id, 'error:' .. id)
  redis.call('SET', seen_key(id), 'done', 'XX', 'KEEPTTL')
  redis.call('DECR', key(a.lane, 'depth'))
end

pop(held[2])
for _, place in ipairs(a.covers) do pop(place) end
redis.call('HDEL', state, 'head', 'token')
redis.call('ZREM', key(a.lane, 'leased'), a.box)
local more = redis.call('ZCARD', queue) > 0
went_on(a.lane, a.box, more, now)
if not more then redis.call('DEL', state) end

if a.profile ~= '' then redis.call('SET', profile_key(a.box), a.profile, 'EX', a.profile_ttl) end
if a.session ~= '' then redis.call('SET', session_key(a.box), a.session, 'EX', a.session_ttl) end
if a.stopped == 'yes' then redis.call('SET', stopped_key(a.box), '1', 'EX', a.stopped_ttl) end
if a.stopped == 'no' then redis.call('DEL', stopped_key(a.box)) end
for _, reply in ipairs(a.replies) do write(a.box, reply) end
if a.quiet_over ~= '' then
  local quiet = redis.call('HGET', quiet_key(a.box), 'payment')
  if quiet == a.quiet_over then
    redis.call('DEL', quiet_key(a.box))
    if redis.call('LLEN', out_key(a.box)) > 0 and not redis.call('ZSCORE', key('outbox', 'leased'), a.box)
      and redis.call('HEXISTS', sending_key(a.box), 'until') == 0 then
      line_up(a.box, now)
    end
  end
end
-- Quiet (rule 9): what stands in the outbox now, "check your phone" last, may still pass; what comes later waits.
if a.quiet ~= '' then
  redis.call('HSET', quiet_key(a.box), 'payment', a.quiet, 'passing', redis.call('LLEN', out_key(a.box)))
  redis.call('PEXPIRE', quiet_key(a.box), a.quiet_ms)
end
for _, body in ipairs(a.history) do note('history', body) end

local bell = ''
if #a.replies > 0 or a.quiet_over ~= '' then
  if redis.call('LLEN', out_key(a.box)) > 0 then
    line_up_new(a.box, now)
    bell = ring('outbox', a.sender, a.sender_most, a.bell_ttl, now)
  end
end
return {'done', bell}
