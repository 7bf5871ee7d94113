test "asking us to stop wipes engagement and intent, not fit" (function(t)
  t:identify { title = "CEO" }
  t:page "/pricing"
  t:track "Demo Requested"
  t:expect { scores = { engagement = above(0), intent = above(0) } }
  t:track "Unsubscribed"
  t:expect { scores = { engagement = 0, intent = 0 }, points = { seniority = 25 } }
  t:page "/pricing" -- what comes after counts again
  t:expect { holds = { "pricing_page" } }
end)

test "a spam complaint does too" (function(t)
  t:track "Call Received"
  t:track "Email Marked as Spam"
  t:expect { scores = { engagement = 0 } }
end)

test "thirty days of silence halve the engagement at that very instant" (function(t)
  t:track "Newsletter Subscribed" -- two points that do not decay
  t:advance "29d23h59m"
  t:expect { points = { newsletter = 2 } }
  t:advance "1m"
  t:expect { points = { newsletter = 1 } }
  t:advance "100d" -- one silence, one cut
  t:expect { points = { newsletter = 1 } }
  t:advance "50d"
  t:expect { not_holds = { "newsletter" } }
end)

test "mail that we send does not break a silence" (function(t)
  t:track "Newsletter Subscribed"
  for _ = 1, 3 do
    t:advance "10d"
    t:track "Email Sent"
    t:track "Email Opened"
  end
  t:expect { points = { newsletter = 1 } }
end)

test "a page does" (function(t)
  t:track "Newsletter Subscribed"
  t:advance "29d"
  t:page "/"
  t:advance "29d"
  t:expect { points = { newsletter = 2 } }
end)

test "a hundred and eighty days of silence, and not a day less, begin again" (function(t)
  t:track "Newsletter Subscribed"
  t:advance "179d23h59m"
  t:expect { points = { newsletter = 1 } }
  t:advance "1m"
  t:expect { not_holds = { "newsletter" } }
end)
