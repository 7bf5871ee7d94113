dimension "points" {}

-- On an event's field `v`, one rule a matcher; each gives 1, so that what matched can be read off.
local function on_value(id, matcher)
  rule(id) { doc = "v matches", on = track "Value" { v = matcher }, points = { points = 1 } }
end

on_value("is_text", "Ab")
on_value("is_number", 5)
on_value("is_true", true)
on_value("in_set", one_of { "a", 5, true })
on_value("not_in_set", none_of { "a", 5 })
on_value("from_ten", at_least(10))
on_value("to_ten", at_most(10))
on_value("over_ten", above(10))
on_value("under_ten", below(10))
on_value("ten_to_twenty", between(10, 20))
on_value("begins", starts "árb")
on_value("finishes", ends "OL")
on_value("inside", contains "rbo")
on_value("shape", glob "?rb*l")
on_value("a_word", word { "ceo", "head of" })
on_value("regex", matches "^[A-Z]{2}\\d+$")
on_value("regex_any_case", matches "(?i)^[a-z]{2}\\d+$")
on_value("in_list", listed "words")
on_value("in_network", cidr { "10.0.0.0/8", "2001:db8::/32" })
on_value("is_present", present)
on_value("is_missing", missing)
on_value("is_anything", any)
on_value("some_big", some(above(10)))
on_value("every_big", every(above(10)))
on_value("both", starts "a" & ends "z")
on_value("either", starts "a" | ends "z")
on_value("neither", ~(starts "a" | ends "z"))
