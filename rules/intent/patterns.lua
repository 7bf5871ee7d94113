-- They did not say so, but this is what buyers do.
local prices = page { path = glob "/pricing*" | glob "/precios*" }
local demo = track "Demo Requested" | track "Form Submitted" { form = one_of { "demo", "demostracion" } }

rule "pricing_twice" {
  doc = "Looked at prices twice within a week",
  group = "buying",
  on = sequence { times(2, prices), within = "7d" },
  points = { intent = 15 },
  limit = { times = 2, per = "30d" },
  decay = half_life "14d",
}
rule "hot_sequence" {
  doc = "Looked at prices twice, then asked for a demonstration, within two weeks",
  group = "buying",
  on = sequence { times(2, prices), demo, within = "14d" },
  points = { intent = 30 },
  cooldown = "30d",
  decay = step { ["14d"] = 0.5, ["30d"] = 0 },
}
rule "compares" {
  doc = "Compares us with others",
  group = "buying",
  on = page { path = contains "/vs-" | starts "/compare" | starts "/comparativa" },
  points = { intent = 10 },
  limit = { times = 2, per = "14d" },
  decay = half_life "14d",
}
rule "decider_at_prices" {
  doc = "Somebody who decides looked at prices",
  group = "buying",
  on = prices,
  counts_while = trait { title = word { "ceo", "cto", "cfo", "owner", "founder", "director", "directora", "gerente general" } },
  points = { intent = 10 },
  cooldown = "14d",
  decay = half_life "14d",
}

-- The escape hatch: how many points depends on a number in the event, so a function counts them. `embudo check` reports
-- how much of the score rests on such functions.
rule "trial_seats" {
  doc = "Tries it with a whole team: a point for every seat, 25 at most",
  group = "buying",
  on = track "Trial Started",
  points = function(_, event)
    local seats = tonumber(event.properties.seats) or 0
    return { intent = math.min(math.max(seats, 0), 25) }
  end,
  cooldown = "14d",
  cap = 25,
  decay = linear "30d",
}
