-- Lets days pass without a silence, which would cut what is held.
local function days(t, count)
  for _ = 1, count do
    t:advance "1d"
    t:track "Search Performed"
  end
end

test "an advertisement counts three times at most" (function(t)
  for _ = 1, 5 do
    t:event { type = "page", properties = { path = "/" }, context = { campaign = { medium = "cpc", source = "search" } } }
    t:advance "1h"
  end
  t:expect { points = { paid_click = 6 } }
end)

test "a visit without a campaign is no advertisement" (function(t)
  t:page "/"
  t:expect { not_holds = { "paid_click", "recommended" } }
end)

test "a recommendation holds for good" (function(t)
  t:event { type = "page", properties = { path = "/" }, context = { campaign = { source = "referral" } } }
  t:expect { points = { recommended = 10 } }
  t:advance "90d"
  t:expect { points = { recommended = 10 } }
end)

test "the first source stays the first" (function(t)
  t:event { type = "page", properties = { path = "/" }, context = { campaign = { source = "search" } } }
  t:advance "1d"
  t:event { type = "page", properties = { path = "/" }, context = { campaign = { source = "referral" } } }
  t:expect { not_holds = { "recommended" } }
end)

test "a fair counts once a month and fades by half in two" (function(t)
  t:track "Event Booth Visited"
  t:track "Event Booth Visited"
  t:expect { points = { met_at_event = 8 } }
  days(t, 60)
  t:expect { points = { met_at_event = 4 } }
end)

test "a bought address costs points" (function(t)
  t:identify { lead_source = "purchased_list" }
  t:expect { points = { bought_list = -10 } }
  t:identify { lead_source = "form" }
  t:expect { not_holds = { "bought_list" } }
end)
