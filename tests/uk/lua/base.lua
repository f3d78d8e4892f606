same(select("#", 1, nil, nil), 3, "select")
same(select(-1, 1, 2, 3), 3, "select from behind")
same(tonumber("0x1p4"), 16.0, "tonumber")
same(tonumber("zz", 36), 1295, "tonumber with a base")
same(tonumber("8", 8), nil, "tonumber of no digit")
same(math.type(tonumber("10")), "integer", "integers stay so")
same(tostring(nil), "nil", "tostring")
same(rawequal("a", "a"), true, "rawequal")
same(rawlen({1, 2}), 2, "rawlen")
local t = setmetatable({}, {__index = function(_, k) return k * 2 end,
                            __call = function(_, a) return a + 1 end,
                            __len = function() return 42 end,
                            __eq = function() return true end,
                            __lt = function() return true end,
                            __close = function() closed = true end,
                            __tostring = function() return "it" end})
same(t[21], 42, "__index")
same(t(1), 2, "__call")
same(#t, 42, "__len")
same(tostring(t), "it", "__tostring")
check(t == setmetatable({}, getmetatable(t)) and t < 1, "comparisons")
do local c <close> = t end
check(closed, "__close")
local ok, why = pcall(error, {code = 7})
check(not ok and why.code == 7, "errors are values")
local ok, why = xpcall(function() local x = nil; return x.y end,
                       function(m) return "handled: " .. m end)
check(not ok and why:find("^handled: .*attempt to index"), "xpcall")
same(load("syntax error here"), nil, "load refuses")
same(load("return ...", "c", "t", {})(5), 5, "load")
local sum = 0
for k, v in pairs(setmetatable({}, {__pairs = function()
  return function(_, n) if not n then return 1, 10 end end, nil, nil end})) do
  sum = sum + k + v
end
same(sum, 11, "__pairs")
same(next({}), nil, "next")
collectgarbage("generational")
for i = 1, 20000 do local _ = {i} end
collectgarbage("incremental")
check(collectgarbage("count") > 0 and collectgarbage("isrunning"), "collector")
local dead = 0
for i = 1, 100 do setmetatable({}, {__gc = function() dead = dead + 1 end}) end
collectgarbage()
same(dead, 100, "finalizers")
local function deep(n) return 1 + deep(n + 1) end
local ok, why = pcall(deep, 1)
check(not ok and tostring(why):find("stack overflow"), tostring(why))
goto done
check(false, "goto")
::done::
