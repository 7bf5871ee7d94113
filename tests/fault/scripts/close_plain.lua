-- A variable to be closed that is a plain table, and one that is nil or false.
-- expect: error
local a <close> = nil
local b <close> = false
local c <close> = {}
