-- Every conversion that format does not have.
-- expect: ok
local odd = { "%", "%z", "%5", "%-", "%.", "%100d", "%.100f", "%q", "%p", "%n", "%*d", "%ld", "%#s", "%0s", "% c", "%5%", "%-+ #0d", "%\0" }
for i = 1, #odd do assert(not pcall(string.format, odd[i], 1, 2, 3)) end
