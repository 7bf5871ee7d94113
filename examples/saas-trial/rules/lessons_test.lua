local function stalls(t)
  t:identify { email = "ole@fjord.example", first_name = "Ole" }
  t:track "Trial Started"
  t:advance "3d"
end

test "who connects nothing is sent lessons, each once" (function(t)
  stalls(t)
  t:expect { stages = { lessons = "first" }, effects = { { effect = "first_lesson", to = "mailer", type = "content.send" } } }
  t:advance "4d"
  t:expect { stages = { lessons = "second" }, effects = { { effect = "first_lesson" }, { effect = "second_lesson" } } }
  t:advance "60d"
  t:expect { stages = { lessons = "none" }, effects = { { effect = "first_lesson" }, { effect = "second_lesson" } } }
end)

test "nobody is taught what they have done, or do not want" (function(t)
  stalls(t)
  t:track "Source Connected"
  t:advance "10d"
  t:expect { stages = { lessons = "none" }, effects = { { effect = "first_lesson" } } }
end)

test "who unsubscribed is sent nothing" (function(t)
  t:identify { email = "ole@fjord.example", first_name = "Ole" }
  t:track "Unsubscribed"
  t:track "Trial Started"
  t:advance "30d"
  t:expect { stages = { lessons = "none" }, effects = {} }
end)
