-- Each library once, then the scripts of lua5.1's package. life waits for its
-- own screen; echo, env, sieve and trace-* use what Lua 5.4 has not.
local failures = 0

local function check(what, name)
  if not what then
    failures = failures + 1
    print("FAIL " .. name)
  end
end

local function same(a, b, name)
  check(a == b, name .. ": " .. tostring(a) .. ", not " .. tostring(b))
end

local t = {}
for i = 1, 20000 do t[i] = (i * 7919) % 20011 end
table.sort(t)
for i = 2, #t do check(t[i - 1] <= t[i], "sort") end
same(table.concat({1, 2, 3}, "-"), "1-2-3", "concat")
same(string.format("%5.2f|%q|%x", math.pi, "a\n", 255), " 3.14|\"a\\\n\"|ff",
     "format")
same(("hello world"):gsub("o", "0"), "hell0 w0rld", "gsub")
same(string.pack("<i4", 1), "\1\0\0\0", "pack")
same(utf8.char(228, 8364), "ä€", "utf8")
same(1 // 0.0, math.huge, "division")
same(7 // 2 | 8, 11, "integers")
same(select(2, pcall(error, "x")), "x", "pcall")
check(not pcall(string.rep, "x", 1 << 40), "memory")
same(load("return 1 + 1")(), 2, "load")

local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
same(co() + co() + co(), 6, "coroutine")

local weak = setmetatable({{}}, {__mode = "v"})
collectgarbage()
same(#weak, 0, "collector")

local f = assert(io.open("/tmp/lua", "w"))
f:write("one\ntwo\n", 3, "\n")
f:close()
local lines = {}
for l in io.lines("/tmp/lua") do lines[#lines + 1] = l end
same(#lines, 3, "lines")
check(os.rename("/tmp/lua", "/tmp/other") and os.remove("/tmp/other"), "os")
check(not io.open("/tmp/lua"), "open")
check(os.time() > 1.7e9 and os.clock() >= 0, "time")
same(os.getenv("HOME"), "/", "getenv")
same(os.date("!%Y-%m-%d", 0), "1970-01-01", "date")

arg = {[0] = "x", "20"}
for _, name in ipairs {"bisect", "cf", "factorial", "fib", "fibfor", "hello",
                       "printf", "readonly", "sort"} do
  local ok, why = pcall(dofile, "/" .. name .. ".lua")
  check(ok or tostring(why):find("readonly") or
        tostring(why):find("cannot redefine"), name .. ": " .. tostring(why))
end
print(failures .. " failures")
os.exit(failures == 0)
