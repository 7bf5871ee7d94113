test "clicks count five times a month, and the group holds fifteen points at most" (function(t)
  for _ = 1, 7 do t:track "Email Link Clicked" end
  t:expect { points = { email_click = 15 }, scores = { engagement = 15 } }
  t:track "Email Replied"
  t:expect { points = { email_reply = 10 }, scores = { engagement = 15 } }
  t:advance "30d"
  t:expect { points = { email_click = at_most(7.5) } }
end)

test "a hundred opens are worth nothing" (function(t)
  for _ = 1, 100 do t:track "Email Opened" end
  t:expect { scores = { engagement = 0 } }
end)

test "mail that comes back costs points once in ninety days" (function(t)
  t:track "Email Bounced"
  t:track "Email Bounced"
  t:expect { points = { email_bounce = -10 } }
end)
