-- One script for each library; check() and same() are theirs.
failures = 0

function check(what, name)
  if not what then
    failures = failures + 1
    print("FAIL " .. debug.getinfo(2, "S").short_src .. ": " .. name)
  end
end

function same(a, b, name)
  check(a == b, name .. ": " .. tostring(a) .. ", not " .. tostring(b))
end

for _, name in ipairs {"base", "coroutine", "debug", "io", "math", "os",
                       "package", "string", "table", "utf8"} do
  local ok, why = pcall(dofile, "/lua/" .. name .. ".lua")
  check(ok, name .. ": " .. tostring(why))
end
print(failures .. " failures")
os.exit(failures == 0)
