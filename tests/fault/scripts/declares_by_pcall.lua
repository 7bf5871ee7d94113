-- A thousand wrong declarations, caught each.
-- expect: error fuel ok
for i = 1, 1000 do pcall(function() rule(i) { on = i } end) pcall(function() lifecycle {} {} end) end
