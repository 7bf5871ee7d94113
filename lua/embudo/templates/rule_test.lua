test "__name__ counts three times in a week" (function(t)
  t:track "__event__"
  t:expect { points = { __name__ = 5 } }
  for _ = 1, 3 do t:track "__event__" end
  t:expect { points = { __name__ = 15 } }
end)

test "__name__ fades" (function(t)
  t:track "__event__"
  t:advance "7d"
  t:expect { points = { __name__ = below(5) } }
end)

test "__name__ is not about other events" (function(t)
  t:track "Something Else"
  t:expect { not_holds = { "__name__" } }
end)
