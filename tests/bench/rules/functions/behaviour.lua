-- The behaviour rules of ../mixed, each with a Lua function for its points. Where a limit counts firings the selector
-- still picks the events, for a function's answer of nothing uses up a limit too.
local function path(event)
  return event.properties.path
end
local function give(dimension, value)
  return function()
    return { [dimension] = value }
  end
end
local function below_path(prefix, dimension, value)
  return function(_, event)
    if path(event):sub(1, #prefix) == prefix then return { [dimension] = value } end
  end
end

rule "page_view"    { on = page {}, points = give("engagement", 1), decay = half_life "14d" }
rule "pricing"      { on = page { path = glob "/pricing*" }, points = give("engagement", 15), limit = { times = 3, per = "7d" }, decay = half_life "30d" }
rule "blog"         { on = page {}, points = below_path("/blog/", "engagement", 1), decay = half_life "14d" }
rule "customers"    { on = page {}, points = below_path("/customers/", "engagement", 5), decay = half_life "30d" }
rule "docs"         { on = page {}, points = below_path("/docs", "engagement", 2), decay = half_life "14d" }
rule "careers"      { on = page {}, points = below_path("/careers", "engagement", -8), decay = half_life "30d" }
rule "integrations" { on = page {}, points = below_path("/integrations", "engagement", 3), decay = half_life "30d" }
rule "compare"      { on = page {}, points = below_path("/compare", "intent", 6), decay = half_life "14d" }
rule "security" {
  on = page {}, decay = half_life "30d",
  points = function(_, event)
    if path(event) == "/security" then return { engagement = 3 } end
  end,
}
rule "paid" {
  on = page { ["context.campaign.medium"] = one_of { "cpc", "paid" } },
  points = give("engagement", 2), limit = { times = 5 },
}
rule "referral" {
  on = page {}, decay = half_life "60d",
  points = function(_, event)
    if event.context.campaign.medium == "referral" then return { engagement = 3 } end
  end,
}
rule "click"    { on = track "Email Link Clicked", points = give("engagement", 3), decay = half_life "30d" }
rule "bounce"   { on = track "Email Bounced", points = give("engagement", -10), decay = half_life "90d" }
rule "download" { on = track "Content Downloaded", points = give("engagement", 8), limit = { times = 3, per = "30d" }, decay = half_life "30d" }
rule "signup"   { on = track "Webinar Registered", points = give("engagement", 3), decay = half_life "30d" }
rule "no_show" {
  on = sequence { track "Webinar Registered", no(track "Webinar Attended"), within = "2d", same = "webinar_id" },
  points = give("engagement", -5), decay = half_life "90d",
}
rule "demo"    { on = track "Demo Requested", points = give("intent", 40), decay = linear "60d" }
rule "feature" { on = track(glob "Feature *"), points = give("engagement", 3), decay = half_life "14d" }
rule "video"   { on = track "Video Completed", points = give("engagement", 4), decay = linear "60d" }
rule "search"  { on = track "Search Performed", points = give("engagement", 1), decay = half_life "7d" }
rule "refused" {
  on = track "Call Completed", decay = half_life "90d",
  points = function(_, event)
    if event.properties.outcome == "not_interested" then return { engagement = -20 } end
  end,
}
rule "newsletter" { on = track "Newsletter Subscribed", points = give("engagement", 2), limit = { times = 1 } }
rule "hot" {
  on = sequence { times(2, page { path = starts "/pricing" }), track "Demo Requested", within = "14d" },
  points = give("intent", 30), decay = half_life "14d",
}
