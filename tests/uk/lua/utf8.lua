same(utf8.char(72, 228, 8364, 128512), "Hä€😀", "char")
same(utf8.len("Hä€😀"), 4, "len")
same(select(2, utf8.len("a\xff")), 2, "where it is broken")
same(utf8.offset("a€b", 3), 5, "offset")
same(utf8.codepoint("€"), 8364, "codepoint")
local sum = 0
for p, c in utf8.codes("aä€") do sum = sum + p * c end
same(sum, 97 + 2 * 228 + 4 * 8364, "codes")
check(not pcall(function() for _ in utf8.codes("\xed\xa0\x80") do end end),
      "surrogates")
same(utf8.len("\u{7FFFFFFF}", 1, -1, true), 1, "lax")
local n = 0
for _ in ("aä€"):gmatch(utf8.charpattern) do n = n + 1 end
same(n, 3, "charpattern")
