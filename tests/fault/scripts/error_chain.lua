-- Errors that carry errors that carry errors.
-- expect: error fuel memory
local e = "start"
for i = 1, 10000 do local _, next = pcall(error, { e }) e = next end
error(e)
