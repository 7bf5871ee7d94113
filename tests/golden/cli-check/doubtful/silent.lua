-- Functions whose author forgot the return.
rule "silent_points" {
  doc = "Clicks",
  on = track "Click",
  cap = 50,
  points = function(lead, event) local n = event.properties.count end, -- luacheck: ignore
}
rule "silent_condition" {
  doc = "Large",
  when = function(lead) if lead.traits.large then lead = nil end end, -- luacheck: ignore
  points = { fit = 1 },
}
rule "tail_call" { doc = "Fine", on = track "Click", cap = 50, points = function(lead, event) return select(1, {}) end }
