-- A rule that fails on some events: it costs itself, for every lead alike, and nobody else.
dimension "engagement" { min = 0, max = 100 }

rule "sound" { doc = "Looked at a page", on = page {}, points = { engagement = 1 }, limit = { times = 5 } }
rule "hasty" {
  doc = "Trusts that every trial names its seats",
  on = track "Trial Started",
  points = function(_, event) return { engagement = event.properties.seats * 2 } end,
  cap = 50,
}
rule "endless" {
  doc = "Never ends",
  on = track "Endless",
  points = function()
    local n = 0
    while true do n = n + 1 end
  end,
  cap = 1,
}
