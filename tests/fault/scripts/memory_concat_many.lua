-- A concatenation of two hundred large operands.
-- expect: memory fuel
local s = ("x"):rep(1000000)
return #(s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s)
