-- Decide once (rule 3): store the turn's plan on its event before the first effect. ARGV: lane, box, token, event id, plan.
-- A plan names what it `covers`: the places of the events read together with its own, so that a repeat takes these and no other.
-- Answers the plan that counts, or '' when the lease is lost.
local state, id = box_key(ARGV[1], ARGV[2]), ARGV[4]
local held = redis.call('HMGET', state, 'token', 'head')
if held[1] ~= ARGV[3] or not held[2] or string.sub(held[2], 14) ~= id then return '' end
redis.call('HSETNX', state, 'plan:' .. id, ARGV[5])
return redis.call('HGET', state, 'plan:' .. id)
