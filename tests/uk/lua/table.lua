local t = {}
for i = 1, 5000 do t[i] = (i * 7919) % 5003 end
table.sort(t, function(a, b) return a > b end)
for i = 2, #t do check(t[i - 1] >= t[i], "sort") end
check(not pcall(table.sort, {1, 2, 3, 4, 5, 6, 7, 8},
                function() return true end) or true, "a wrong order")
table.insert(t, 1, -1)
same(t[1], -1, "insert")
same(table.remove(t, 1), -1, "remove")
same(table.remove({}), nil, "remove of nothing")
check(not pcall(table.insert, {1, 2}, 5, 1), "insert far away")
same(table.concat({1, 2.5, "x"}, ", ", 2, 3), "2.5, x", "concat")
check(not pcall(table.concat, {{}}), "concat of tables")
same(table.unpack({1, 2, 3}, 2), 2, "unpack")
same(table.pack(nil, nil).n, 2, "pack")
same(#table.move({1, 2, 3}, 1, 3, 3), 5, "move")
local big = {}
for i = 1, 200000 do big[i] = i end
for i = 1, 200000, 2 do big[i] = nil end
local n = 0
for _ in pairs(big) do n = n + 1 end
same(n, 100000, "holes")
local s = {}
for i = 1, 50000 do s["k" .. i] = i end
for i = 1, 50000 do if s["k" .. i] ~= i then check(false, "hash") break end end
