-- A megabyte of blanks before a number, for a function that takes numbers.
-- expect: error
-- message: a long text
local s = (" "):rep(1000000) .. "1"
while true do local x = math.floor(s) end
