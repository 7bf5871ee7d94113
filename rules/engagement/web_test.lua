-- Lets days pass without a silence, which would cut what is held.
local function days(t, count)
  for _ = 1, count do
    t:advance "1d"
    t:track "Search Performed"
  end
end

test "prices count three times a week and fade by half in a month" (function(t)
  t:page "/pricing"
  t:expect { points = { pricing_page = 15 } }
  for _ = 1, 5 do t:page "/pricing/enterprise" end
  t:expect { points = { pricing_page = 45 } }
  days(t, 30)
  t:expect { points = { pricing_page = 22.5 } }
end)

test "the fourth look at prices counts once the first is a week old" (function(t)
  for _ = 1, 3 do
    t:page "/precios"
    t:advance "1m"
  end
  t:advance "6d23h56m" -- one minute short of a week after the first
  t:page "/precios"
  t:expect { points = { pricing_page = below(45) } }
  t:advance "1m"
  t:page "/precios"
  t:expect { points = { pricing_page = above(45) } }
end)

test "other pages are not prices" (function(t)
  t:page "/about/pricing-policy"
  t:expect { not_holds = { "pricing_page" } }
end)

test "pages count eight times a day" (function(t)
  for _ = 1, 12 do t:page "/" end
  t:expect { points = { page_view = 8 } }
  t:advance "14d"
  t:expect { points = { page_view = 4 } }
end)

test "a visit begins after half an hour of silence and counts once a day" (function(t)
  t:page "/"
  t:advance "29m"
  t:page "/"
  t:expect { points = { came_back = between(1.99, 2) } }
  t:advance "1d"
  t:page "/"
  t:expect { points = { came_back = above(3.8) } }
end)

test "five different pages within a week hold until the week has passed" (function(t)
  for _, path in ipairs { "/a", "/b", "/c", "/d", "/d" } do t:page(path) end
  t:expect { not_holds = { "five_pages" } }
  t:page "/e"
  t:expect { points = { five_pages = 10 } }
  t:advance "6d23h59m"
  t:expect { holds = { "five_pages" } }
  t:advance "1m"
  t:expect { not_holds = { "five_pages" } }
end)

test "videos fade to nothing in sixty days" (function(t)
  for _ = 1, 4 do t:track "Video Completed" end
  t:expect { points = { video = 12 } }
  days(t, 30)
  t:expect { points = { video = 6 } }
  days(t, 30)
  t:expect { not_holds = { "video" } }
end)

test "looking for a job is no engagement" (function(t)
  t:page "/careers/engineer"
  t:expect { points = { careers_page = -8 } }
  t:page "/empleo"
  t:page "/jobs"
  t:expect { points = { careers_page = -16 } }
end)
