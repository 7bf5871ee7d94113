-- %s+$ on blanks: quadratic.
-- expect: fuel
return ((" "):rep(50000) .. "x"):gsub("%s+$", "")
