-- The kill must pass through pcall.
-- expect: fuel
pcall(function() while true do end end)
return "survived"
