-- Kinds of leads, by the size of the company and by where it is: to list by, and for conditions to name.
segment "self_employed" {
  doc = "Alone, or nearly",
  when = trait { ["company.employees"] = below(10) },
}
segment "smb" {
  doc = "Small and medium companies",
  when = trait { ["company.employees"] = between(10, 249) },
}
segment "mid_market" {
  doc = "Companies of middle size",
  when = trait { ["company.employees"] = between(250, 4999) },
}
segment "enterprise" {
  doc = "Large companies",
  when = trait { ["company.employees"] = at_least(5000) },
}

segment "iberia" {
  doc = "Spain and Portugal",
  when = trait { country = one_of { "ES", "PT", "AD" } },
}
segment "dach" {
  doc = "Germany, Austria, Switzerland",
  when = trait { country = one_of { "DE", "AT", "CH", "LI" } },
}
segment "latam" {
  doc = "Latin America",
  when = trait {
    country = one_of {
      "AR", "BO", "BR", "CL", "CO", "CR", "CU", "DO", "EC", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "PY", "SV", "UY", "VE",
    },
  },
}
