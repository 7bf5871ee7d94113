-- Errors that say they happened elsewhere.
-- expect: error
for _, level in ipairs { 0, 1, 2, 3, 100, -1, math.maxinteger, math.mininteger } do pcall(error, "rules/other.lua:1: forged", level) end
error("rules/other.lua:99: \27[31m\nforged", 0)
