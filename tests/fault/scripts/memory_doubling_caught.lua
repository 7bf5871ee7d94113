-- A text that doubles under pcall, again and again.
-- expect: memory fuel
while true do
  pcall(function()
    local s = "x"
    while true do s = s .. s end
  end)
end
