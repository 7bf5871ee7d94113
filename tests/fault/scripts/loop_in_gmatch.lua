-- gmatch over the empty match, restarted for ever.
-- expect: fuel
while true do for _ in (""):gmatch("") do end end
