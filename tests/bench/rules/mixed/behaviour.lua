-- The benchmark's declarative behaviour rules; six more are in functions.lua.
rule "page_view"    { on = page {}, points = { engagement = 1 }, decay = half_life "14d" }
rule "pricing"      { on = page { path = glob "/pricing*" }, points = { engagement = 15 }, limit = { times = 3, per = "7d" }, decay = half_life "30d" }
rule "blog"         { on = page { path = starts "/blog/" }, points = { engagement = 1 }, decay = half_life "14d" }
rule "customers"    { on = page { path = starts "/customers/" }, points = { engagement = 5 }, decay = half_life "30d" }
rule "docs"         { on = page { path = starts "/docs" }, points = { engagement = 2 }, decay = half_life "14d" }
rule "careers"      { on = page { path = starts "/careers" }, points = { engagement = -8 }, decay = half_life "30d" }
rule "integrations" { on = page { path = starts "/integrations" }, points = { engagement = 3 }, decay = half_life "30d" }
rule "security"     { on = page { path = "/security" }, points = { engagement = 3 }, decay = half_life "30d" }
rule "compare"      { on = page { path = starts "/compare" }, points = { intent = 6 }, decay = half_life "14d" }
rule "paid"         { on = page { ["context.campaign.medium"] = one_of { "cpc", "paid" } }, points = { engagement = 2 }, limit = { times = 5 } }
rule "referral"     { on = page { ["context.campaign.medium"] = "referral" }, points = { engagement = 3 }, decay = half_life "60d" }
rule "click"        { on = track "Email Link Clicked", points = { engagement = 3 }, decay = half_life "30d" }
rule "bounce"       { on = track "Email Bounced", points = { engagement = -10 }, decay = half_life "90d" }
rule "download"     { on = track "Content Downloaded", points = { engagement = 8 }, limit = { times = 3, per = "30d" }, decay = half_life "30d" }
rule "signup"       { on = track "Webinar Registered", points = { engagement = 3 }, decay = half_life "30d" }
rule "no_show" {
  on = sequence { track "Webinar Registered", no(track "Webinar Attended"), within = "2d", same = "webinar_id" },
  points = { engagement = -5 }, decay = half_life "90d",
}
rule "demo"         { on = track "Demo Requested", points = { intent = 40 }, decay = linear "60d" }
rule "feature"      { on = track(glob "Feature *"), points = { engagement = 3 }, decay = half_life "14d" }
rule "video"        { on = track "Video Completed", points = { engagement = 4 }, decay = linear "60d" }
rule "search"       { on = track "Search Performed", points = { engagement = 1 }, decay = half_life "7d" }
rule "refused"      { on = track "Call Completed" { outcome = "not_interested" }, points = { engagement = -20 }, decay = half_life "90d" }
rule "newsletter"   { on = track "Newsletter Subscribed", points = { engagement = 2 }, limit = { times = 1 } }
rule "hot" {
  on = sequence { times(2, page { path = starts "/pricing" }), track "Demo Requested", within = "14d" },
  points = { intent = 30 }, decay = half_life "14d",
}
