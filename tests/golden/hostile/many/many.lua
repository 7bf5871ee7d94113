-- More than anybody writes.
for i = 1, 100 do dimension("d" .. i) {} end
for i = 1, 100000 do rule("r" .. i) { on = page {}, points = { fit = 1 } } end
