-- The ids of the rules that a value of `v` matches, out of those asked about.
local function matched(t, value, ids)
  t:track("Value", { v = value })
  t:expect { holds = ids }
end

local function unmatched(t, value, ids)
  t:track("Value", { v = value })
  t:expect { not_holds = ids }
end

test "a plain value is equal, texts exactly" (function(t)
  unmatched(t, "ab", { "is_text" })
  unmatched(t, "Ab ", { "is_text" })
  matched(t, "Ab", { "is_text", "is_present", "is_anything" })
end)

test "numbers are equal by value, also when they are written as text" (function(t)
  unmatched(t, 5.001, { "is_number" })
  unmatched(t, true, { "is_number" })
  matched(t, 5.0, { "is_number" })
end)

test "truth values are no texts" (function(t)
  unmatched(t, "true", { "is_true" })
  unmatched(t, 1, { "is_true" })
  matched(t, true, { "is_true", "in_set" })
end)

test "sets, and what they say of a missing field" (function(t)
  unmatched(t, missing, { "in_set" })
  t:expect { holds = { "not_in_set", "is_missing" } }
  matched(t, "a", { "in_set" })
  t:expect { points = { not_in_set = 1 } }
  matched(t, "b", { "not_in_set" })
  t:expect { points = { not_in_set = 2, in_set = 1 } }
end)

test "ranges and their ends" (function(t)
  for _, case in ipairs {
    { 9, { 0, 1, 0, 1, 0 } }, { 10, { 1, 2, 0, 1, 1 } }, { 20, { 2, 2, 1, 1, 2 } }, { 21, { 3, 2, 2, 1, 2 } },
    { "15", { 4, 2, 3, 1, 3 } }, { "fifteen", { 4, 2, 3, 1, 3 } }, { true, { 4, 2, 3, 1, 3 } },
  } do
    t:track("Value", { v = case[1] })
    local held = case[2]
    t:expect { points = {
      from_ten = held[1], to_ten = held[2], over_ten = held[3], under_ten = held[4], ten_to_twenty = held[5],
    } }
  end
end)

test "texts ignore case and accents" (function(t)
  matched(t, "ARBOL", { "begins", "finishes", "inside", "shape", "in_list" })
  t:track("Value", { v = "árbol" })
  t:expect { points = { begins = 2, finishes = 2, inside = 2, shape = 2, in_list = 2 } }
  t:track("Value", { v = "arboleda" })
  t:expect { points = { begins = 3, finishes = 2, inside = 3, shape = 2, in_list = 2 } }
end)

test "words are whole" (function(t)
  unmatched(t, "Dirceoo", { "a_word" })
  unmatched(t, "head", { "a_word" })
  matched(t, "Co-CEO", { "a_word" })
  t:track("Value", { v = "Global Head of IT" })
  t:expect { points = { a_word = 2 } }
end)

test "regular expressions mind case unless told" (function(t)
  matched(t, "ab12", { "regex_any_case" })
  t:expect { not_holds = { "regex" } }
  t:track("Value", { v = "AB12" })
  t:expect { points = { regex = 1, regex_any_case = 2 } }
end)

test "lists know wildcards" (function(t)
  unmatched(t, "edu", { "in_list" })
  matched(t, "mit.EDU", { "in_list" })
end)

test "networks of both kinds" (function(t)
  unmatched(t, "11.0.0.1", { "in_network" })
  unmatched(t, "10.0.0", { "in_network" })
  matched(t, "10.255.0.1", { "in_network" })
  t:track("Value", { v = "2001:DB8::1" })
  t:expect { points = { in_network = 2 } }
  t:track("Value", { v = "::ffff:10.0.0.1" })
  t:expect { points = { in_network = 3 } }
end)

test "present and missing" (function(t)
  t:track "Value"
  for _, value in ipairs { "", "  ", {} } do t:track("Value", { v = value }) end
  t:expect { points = { is_missing = 4, is_present = 0, is_anything = 4 } }
  for _, value in ipairs { 0, false, "0", { 1 } } do t:track("Value", { v = value }) end
  t:expect { points = { is_missing = 4, is_present = 4, is_anything = 8 } }
end)

test "some and every" (function(t)
  t:track("Value", { v = { 5, 15 } })
  t:expect { points = { some_big = 1, every_big = 0 } }
  t:track("Value", { v = { 11, 15 } })
  t:expect { points = { some_big = 2, every_big = 1 } }
  t:track("Value", { v = {} })
  t:track("Value", { v = 15 })
  t:expect { points = { some_big = 2, every_big = 1 } }
end)

test "and, or, not" (function(t)
  t:track("Value", { v = "az" })
  t:expect { points = { both = 1, either = 1, neither = 0 } }
  t:track("Value", { v = "ab" })
  t:expect { points = { both = 1, either = 2, neither = 0 } }
  t:track("Value", { v = "bc" })
  t:expect { points = { both = 1, either = 2, neither = 1 } }
  t:track "Value"
  t:expect { points = { neither = 2 } }
end)
