-- The rules of the daemon's fault tests: each way in which a score or a stage can hang on time, on order or on who is who.
dimension "fit" { min = 0, max = 100 }
dimension "engagement" { min = 0, max = 200 }
dimension "pulse" { min = 0 }

group "web" { dimension = "engagement", max = 120 }

rule "pricing" {
  doc = "Looked at prices",
  group = "web",
  on = page { path = starts "/pricing" },
  points = { engagement = 15 },
  limit = { times = 3, per = "7d" },
  decay = half_life "10d",
}

rule "reading" {
  doc = "Read something",
  group = "web",
  on = page {},
  points = { engagement = 2 },
  decay = linear "20d",
}

rule "demo" {
  doc = "Asked for a demo",
  on = track "Demo Requested",
  points = { engagement = 40 },
  decay = step { ["10d"] = 0.5, ["30d"] = 0 },
}

rule "return" {
  doc = "Looked at prices, then asked for a demo",
  on = sequence { page { path = starts "/pricing" }, track "Demo Requested", within = "14d" },
  points = { engagement = 10 },
}

rule "beat" {
  doc = "Just did something",
  on = track "Beat",
  points = { pulse = 20 },
  decay = linear "4s",
}

rule "long_beat" {
  doc = "Did something that lasts",
  on = track "Long Beat",
  points = { pulse = 20 },
  decay = linear "40m",
}

rule "company_size" {
  doc = "Large enough",
  when = trait { employees = at_least(100) },
  points = { fit = 30 },
}

rule "boss" {
  doc = "Can sign",
  when = trait { title = word { "cto", "ceo" } },
  points = { fit = 40 },
}

lifecycle "sales" {
  start = "lead",
  move { "lead", "warm", doc = "Busy", when = score { engagement = at_least(30) } },
  move { "warm", "mql", doc = "Busy, and fits", when = score { engagement = at_least(40), fit = at_least(30) } },
  move { { "warm", "mql" }, "lead", doc = "Cooled down", when = score { engagement = below(12) } },
}

-- Moves by itself within seconds, so that deadlines fall into every round of a test.
lifecycle "pulse" {
  start = "calm",
  move { "calm", "busy", doc = "Beats", when = score { pulse = at_least(10) } },
  move { "busy", "calm", doc = "Was quiet", when = score { pulse = below(5) } },
}
