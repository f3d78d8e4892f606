local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(c * 2)
  return d + e
end)
same(select(2, coroutine.resume(co, 1, 2)), 3, "first")
same(coroutine.status(co), "suspended", "status")
same(select(2, coroutine.resume(co, 10)), 20, "second")
same(select(2, coroutine.resume(co, 3, 4)), 7, "return")
same(coroutine.status(co), "dead", "end")
same(coroutine.resume(co), false, "resume of a dead one")
local many = {}
for i = 1, 2000 do
  many[i] = coroutine.wrap(function() for j = 1, 3 do coroutine.yield(i * j) end end)
end
local sum = 0
for j = 1, 3 do for i = 1, 2000 do sum = sum + many[i]() end end
same(sum, 6 * 2000 * 2001 // 2, "2000 at once")
local ok, why = coroutine.resume(coroutine.create(function() error("x", 0) end))
check(not ok and why == "x", "an error inside")
check(coroutine.isyieldable() == false and select(2, coroutine.running()), "main")
local c = coroutine.create(function() local x <close> = setmetatable({}, {
  __close = function() closed_by = "close" end}) coroutine.yield() end)
coroutine.resume(c)
check(coroutine.close(c) and closed_by == "close", "close")
local function across() return pcall(function() return coroutine.yield(1) end) end
local w = coroutine.wrap(across)
same(w(), 1, "yield across pcall")
same(select(2, w("back")), "back", "and back")
