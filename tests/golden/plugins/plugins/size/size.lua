-- Edit this: which column becomes which trait. Numbers are read as such.
local map = { ["company.name"] = "name", ["company.employees"] = "employees" }

enricher "size" {
  doc = "What our own table knows of the company",
  needs = { "email_domain" },
  gives = { "company.name", "company.employees" },
  ttl = "1d",
  run = function(lead, _, _, lookup)
    local row = lookup.csv("companies", lead.traits.email_domain)
    if not row then return nothing end
    local told = {}
    for trait, column in pairs(map) do
      local value = row[column]
      if value and value ~= "" then told[trait] = tonumber(value) or value end
    end
    return told
  end,
}
