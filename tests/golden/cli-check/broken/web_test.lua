test "a test is checked too" (function(t)
  t:page "/pricing"
end)
rule "in_a_test" { doc = "Declares in the wrong file", when = trait { title = present }, points = { fit = 1 } }
