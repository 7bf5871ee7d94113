-- The whole language in one table: what `embudo help` prints, what the reference page is made from, and where the
-- constructors and the word lists for "did you mean" come from. Nothing else lists the words.
--
-- An entry: name; kind (noun, part, selector, step, matcher, condition, decay, command, lead, event); form (how it
-- is written); doc (what it means: units, ranges, what is an error); example; and, for nouns and options, fields
-- (a list of { name, form, doc }). `arity` is how many arguments a phrase takes ({ least, most }); 0 makes it a value.
local need = ...

local entries = {}
for _, part in ipairs { "nouns", "lifecycle", "selectors", "matchers", "conditions", "functions", "tests" } do
  for _, entry in ipairs(need("reference_" .. part)) do
    entries[#entries + 1] = entry
  end
end
return entries
