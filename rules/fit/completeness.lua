-- How much of the profile (see profile.lua) is there and valid.
rule "well_known" {
  doc = "The profile is nearly complete",
  group = "person",
  when = completeness(at_least(80)),
  points = { fit = 5 },
}
rule "hardly_known" {
  doc = "We hardly know who this is",
  group = "person",
  when = completeness(below(30)),
  points = { fit = -5 },
}
