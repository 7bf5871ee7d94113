rule "pricing_page" {
  doc    = "Looked at prices",
  group  = "web",
  on     = page { path = glob "/pricing*" },
  points = { engagement = 15 },
  limit  = { times = 3, per = "7d" },
  decay  = half_life "30d",
}
rule "senior_title" {
  doc = "Can sign", group = "profile",
  when = trait { title = word { "ceo", "cto", "director", "directora", "head" } },
  points = { fit = 20 },
}
rule "employees" {
  doc = "Company size", dimension = "fit", field = "company.employees",
  first = { { at_least(1000), value = 15 }, { between(50, 999), value = 20 }, { missing, value = 0 }, { any, value = -10 } },
}
rule "free_mail"    { when = trait { email_domain = listed "freemail" }, points = { fit = -20 } }
rule "long_webinar" { on = track "Webinar Attended" { minutes = at_least(20) }, points = { engagement = 12 }, limit = { times = 3 } }
rule "no_show" {
  on = sequence { track "Webinar Registered", no(track "Webinar Attended"), within = "2d", same = "webinar_id" },
  points = { engagement = -5 },
}
rule "paid_click"   { on = page { ["context.campaign.medium"] = one_of { "cpc", "paid" } }, points = { engagement = 2 }, limit = { times = 5 } }
rule "asked_demo"   { on = track "Demo Requested" | track "Form Submitted" { form = "demo" }, points = { intent = 40 }, decay = linear "60d" }
rule "videos"       { on = track(glob "Video *"), points = { engagement = 1 }, decay = linear "60d", topics = { "product" } }
rule "call_answer"  { on = track "Call Completed" { outcome = "interested" }, when = stage { "mql", "sal" }, points = { intent = 25 }, cooldown = "1d" }
rule "cto_pricing"  { on = page { path = starts "/pricing" }, counts_while = trait { title = word { "cto" } }, points = { intent = 10 } }
rule "hot_sequence" { -- pricing twice, then a demo request, within two weeks; fires at each completion
  on = sequence { times(2, page { path = starts "/pricing" }), track "Demo Requested", within = "14d" },
  points = { intent = 40 }, decay = step { ["14d"] = 0.5, ["30d"] = 0 },
}
rule "five_pages"   { when = seen(page {}, { distinct = "path", times = 5, within = "7d" }), points = { engagement = 10 } }
rule "trial_seats" {
  on = track "Trial Started",
  points = function(lead, event) return { intent = math.min(event.properties.seats or 0, 50) } end,
}
rule "spike" { when = function(lead) return lead.velocity("engagement", "7d") > 20 and lead.traits.country ~= "XX" end, points = { intent = 10 } }
