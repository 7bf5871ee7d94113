-- What they look at on the web site.
rule "page_view" {
  doc = "Looked at a page",
  group = "web",
  on = page {},
  points = { engagement = 1 },
  limit = { times = 8, per = "1d" },
  decay = half_life "14d",
}
rule "came_back" {
  doc = "Came back for another visit",
  group = "web",
  on = visit { gap = "30m" },
  points = { engagement = 2 },
  cooldown = "1d",
  decay = half_life "14d",
}
rule "pricing_page" {
  doc = "Looked at prices",
  group = "web",
  on = page { path = glob "/pricing*" | glob "/precios*" },
  points = { engagement = 15 },
  limit = { times = 3, per = "7d" },
  decay = half_life "30d",
}
rule "five_pages" {
  doc = "Read five different pages within a week",
  group = "web",
  when = seen(page {}, { distinct = "path", times = 5, within = "7d" }),
  points = { engagement = 10 },
}
rule "video" {
  doc = "Watched a video",
  group = "web",
  on = track "Video Completed",
  points = { engagement = 4 },
  limit = { times = 3, per = "30d" },
  decay = linear "60d",
}
rule "careers_page" {
  doc = "Looks at open positions, so probably not at the product",
  group = "web",
  on = page { path = starts "/careers" | starts "/jobs" | starts "/empleo" },
  points = { engagement = -8 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
