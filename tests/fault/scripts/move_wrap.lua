-- table.move whose target wraps around.
-- expect: error
-- message: wrap around
return table.move({ 1, 2, 3 }, 1, 3, math.maxinteger - 1)
