-- Lets days pass without a silence, which would cut what is held.
local function days(t, count)
  for _ = 1, count do
    t:advance "1d"
    t:track "Search Performed"
  end
end

test "gated content counts three times a month" (function(t)
  for _ = 1, 5 do t:track("Content Downloaded", { gated = true, title = "Guide" }) end
  t:expect { points = { gated_download = 24 } }
  days(t, 30)
  t:expect { points = { gated_download = 12 } }
end)

test "content in the open is no gated content" (function(t)
  t:track("Content Downloaded", { gated = false })
  t:track "Content Downloaded"
  t:expect { not_holds = { "gated_download" } }
end)

test "case studies and the blog" (function(t)
  t:page "/customers/harbour"
  t:page "/clientes/puerto"
  t:page "/customers" -- the overview is none
  t:expect { points = { case_study = 10 } }
  for number = 1, 9 do t:page("/blog/" .. number) end
  t:expect { points = { blog_post = 5 } }
end)

test "the newsletter counts once, for good" (function(t)
  t:track "Newsletter Subscribed"
  t:advance "10d"
  t:track "Newsletter Subscribed"
  t:expect { points = { newsletter = 2 } }
end)

test "six downloads in a day are a spree, until the day has passed" (function(t)
  for _ = 1, 5 do t:track "Content Downloaded" end
  t:expect { not_holds = { "download_spree" } }
  t:track "Content Downloaded"
  t:expect { points = { download_spree = -10 } }
  t:advance "1d"
  t:expect { not_holds = { "download_spree" } }
end)
