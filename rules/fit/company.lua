-- The kind of company and where it is.
rule "target_industry" {
  doc = "An industry we know well",
  group = "company",
  when = trait { ["company.industry"] = listed "target_industries" },
  points = { fit = 10 },
}
rule "avoided_industry" {
  doc = "An industry we do not sell to",
  group = "company",
  when = trait { ["company.industry"] = word { "gambling", "tobacco", "weapons", "apuestas", "tabaco", "armas" } },
  points = { fit = -40 },
}
rule "target_country" {
  doc = "A country we serve",
  group = "company",
  when = trait { country = listed "target_countries" },
  points = { fit = 5 },
}
rule "unserved_country" {
  doc = "A country we cannot serve yet",
  group = "company",
  when = trait { country = present & ~listed "target_countries" },
  points = { fit = -15 },
}
rule "agency" {
  doc = "Agencies look on behalf of others",
  group = "company",
  when = trait { ["company.type"] = one_of { "agency", "agencia", "consultancy", "consultora" } },
  points = { fit = -5 },
}
