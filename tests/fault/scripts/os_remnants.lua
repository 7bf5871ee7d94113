-- What is left of os and io, by every name they might have.
-- expect: error
for _, name in ipairs { "os", "io", "debug", "package", "require", "load", "loadstring", "dofile", "loadfile", "module", "setfenv",
  "getfenv", "newproxy", "collectgarbage", "warn", "rawget", "rawset", "arg", "_G", "_VERSION", "jit", "ffi", "bit32" } do
  local ok, value = pcall(function() return _ENV[name] end)
  assert(not ok or value == nil or name == "_VERSION", name)
end
return os.execute("true")
