-- One replacement of a megabyte for each byte.
-- expect: fuel memory error
local big = ("y"):rep(1000000)
return (("x"):rep(1000):gsub("x", big))
