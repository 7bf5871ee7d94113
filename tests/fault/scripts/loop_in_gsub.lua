-- A replacement function that never answers.
-- expect: fuel
("abc"):gsub(".", function() while true do end end)
