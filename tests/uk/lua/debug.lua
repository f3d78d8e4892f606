local function f(a, b) local c = a; return debug.getinfo(1, "nSlu") end
local i = f(1, 2)
check(i.name == "f" and i.nparams == 2 and i.currentline == 1, "getinfo")
local lines = {}
debug.sethook(function(_, n) lines[#lines + 1] = n end, "l")
local x = 1
debug.sethook()
check(#lines >= 1, "line hooks")
local n = 0
debug.sethook(function() n = n + 1 end, "", 100)
for _ = 1, 10000 do end
debug.sethook()
check(n >= 90, "count hooks")
local up = 5
local function g() return up end
same(select(2, debug.getupvalue(g, 1)), 5, "getupvalue")
debug.setupvalue(g, 1, 6)
same(g(), 6, "setupvalue")
check(debug.traceback("t"):find("^t\nstack traceback:"), "traceback")
same(debug.getmetatable("").__index, string, "getmetatable")
local function h() local secret = 3; return debug.getlocal(1, 1) end
same(select(2, h()), 3, "getlocal")
