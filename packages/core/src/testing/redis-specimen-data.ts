const DAY_MS = 86_400_000;
/** A whole day in the future, so that it reads the same however late in the second it is asked for. */
const LATER = (Math.floor(Date.now() / DAY_MS) + 30) * DAY_MS;

/** Every type, several databases, keys that expire, names and values that break programs. */
export const FILL = `
SET "plain" "ol\\xc3\\xa1 mundo"
SET "\\x00\\x01\\xff\\r\\n\\"q" "\\x00\\x01\\xff\\r\\n\\"q"
SET "$(touch owned) 'it' \`x\` 😀" ""
SET "expires" "v" PX 864000000
PEXPIREAT "expires" ${LATER}
SET "number" 12345678901
HSET "h" "f1" "v1" "f 2" "v\\n2"
RPUSH "l" a b "c d" ""
SADD "ints" 1 2 3 70000
SADD "set" a b "c\\x00"
ZADD "z" 1.5 a 2.25 b -inf c
XADD "st" 1-1 f v
XADD "st" 2-1 f v g w
XGROUP CREATE "st" "g" 0
XREADGROUP GROUP "g" "c1" COUNT 1 STREAMS "st" >
PFADD "hll" a b c
SETBIT "bits" 100 1
GEOADD "geo" 13.361389 38.115556 "Palermo"
EVAL "for i = 1, 20000 do redis.call('SET', 'k:' .. i, string.rep('v' .. i, 10)) end" 0
EVAL "for i = 1, 3000 do redis.call('HSET', 'big', 'f' .. i, i) redis.call('RPUSH', 'list', i) redis.call('ZADD', 'zs', i, 'm' .. i) end" 0
SELECT 3
SET "in db 3" x
SELECT 15
SET "in db 15" x PX 864000000
PEXPIREAT "in db 15" ${LATER}
`;

/** Fields that expire: Redis 7.4 and later. */
export const HASH_FIELDS = `
HSET "hf" a 1 b 2
HPEXPIREAT "hf" ${LATER} FIELDS 1 a
`;

export const FUNCTIONS = `#!lua name=mylib
redis.register_function('f', function(keys, args) return 'hi' end)
`;

export const CHANGE = `
SET "new" "must disappear"
SET "plain" "changed"
DEL "l"
PERSIST "expires"
XADD "st" 9-1 f new
HSET "h" "f1" "changed"
SELECT 3
DEL "in db 3"
SELECT 7
SET "new in db 7" "must disappear"
`;

/** Names, types, values, expiry, groups and functions of every database as one digest, by the server's own commands. */
export const FINGERPRINT = `
local function flat(v)
  if type(v) == 'table' then
    local parts = {}
    for i, one in ipairs(v) do parts[i] = flat(one) end
    return '[' .. table.concat(parts, ',') .. ']'
  end
  v = tostring(v)
  return #v .. ':' .. v
end
local function sorted(list) table.sort(list) return list end
local function pairsof(list)
  local parts = {}
  for i = 1, #list, 2 do parts[#parts + 1] = flat({ list[i], list[i + 1] }) end
  return sorted(parts)
end
local function stream(key)
  local groups = {}
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    local pending = {}
    for i, one in ipairs(redis.call('XPENDING', key, group[2], '-', '+', 1000)) do
      pending[i] = { one[1], one[2], one[4] }
    end
    groups[#groups + 1] = { group[2], group[8], pending }
  end
  return { redis.call('XRANGE', key, '-', '+'), groups }
end
local now = redis.call('TIME')
now = now[1] * 1000 + now[2] / 1000
-- A script's clock stands still for some commands and not for others: to the minute is enough.
local function minutes(ttl) return ttl < 0 and ttl or math.floor((now + ttl) / 60000 + 0.5) end
local function fields(key)
  local names = sorted(redis.call('HKEYS', key))
  local ttls = redis.pcall('HPTTL', key, 'FIELDS', #names, unpack(names))
  if ttls.err then return '' end
  for i, ttl in ipairs(ttls) do ttls[i] = minutes(ttl) end
  return ttls
end
local read = {
  string = function(key) return redis.call('GET', key) end,
  hash = function(key) return { pairsof(redis.call('HGETALL', key)), fields(key) } end,
  list = function(key) return redis.call('LRANGE', key, 0, -1) end,
  set = function(key) return sorted(redis.call('SMEMBERS', key)) end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
  stream = stream,
}
local said = {}
for db = 0, 15 do
  redis.call('SELECT', db)
  local digest = ''
  local keys = sorted(redis.call('KEYS', '*'))
  for _, key in ipairs(keys) do
    local kind = redis.call('TYPE', key).ok
    local ttl = redis.call('PTTL', key)
    digest = redis.sha1hex(digest .. flat({ key, kind, read[kind](key), minutes(ttl) }))
  end
  if #keys > 0 then said[#said + 1] = 'db' .. db .. ' ' .. #keys .. ' ' .. digest end
end
redis.call('SELECT', 0)
local functions = redis.pcall('FUNCTION', 'LIST', 'WITHCODE')
if not functions.err then said[#said + 1] = redis.sha1hex(flat(functions)) end
return table.concat(said, ' ')`;
