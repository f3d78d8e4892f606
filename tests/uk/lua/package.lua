package.path = "/lua/?.lua"
package.preload.inner = function(name, where) return {name = name, where = where} end
same(require("inner").name, "inner", "preload")
same(require("inner"), require("inner"), "once")
same(package.searchpath("math", package.path), "/lua/math.lua", "searchpath")
check(not package.searchpath("none", package.path), "searchpath of none")
local ok, why = pcall(require, "no.such.thing")
check(not ok and why:find("/lua/no/such/thing.lua"), "what was tried")
same(package.loaded.string, string, "loaded")
check(not pcall(package.loadlib, "/x.so", "f") or
      not package.loadlib("/x.so", "f"), "no shared objects")
