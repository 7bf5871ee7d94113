-- The whole language in one table: what `embudo help` prints, what the reference page is made from, and where the
-- constructors and the word lists for "did you mean" come from. Nothing else lists the words.
--
-- An entry: name; kind (form, noun, part, selector, step, matcher, condition, decay, lead, event, library, command);
-- form (how it is written); doc (what it means: units, ranges, what is an error); example; fields, where it has some
-- (a list of { name, form, doc }); group, the name of its chapter, which is set here. `arity` is how many arguments a
-- phrase takes ({ least, most }); 0 makes it a value.
local need = ...

local by_kind, by_name = {}, {}
for _, group in ipairs(need "reference_groups") do
  for _, kind in ipairs(group.kinds) do by_kind[kind] = group.name end
  for _, name in ipairs(group.names or {}) do by_name[name] = group.name end
end

local parts = {
  "forms", "nouns", "lifecycle", "desk", "selectors", "matchers", "conditions", "frameworks", "handoffs", "enrichment",
  "functions", "library",
  "tests",
}
local entries = {}
for _, part in ipairs(parts) do
  for _, entry in ipairs(need("reference_" .. part)) do
    entry.group = assert(by_name[entry.name] or by_kind[entry.kind], entry.name)
    entries[#entries + 1] = entry
  end
end
return entries
