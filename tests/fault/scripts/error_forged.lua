-- A message that claims another place.
-- expect: error
-- message: lies
error("rules/other.lua:1: lies", 0)
