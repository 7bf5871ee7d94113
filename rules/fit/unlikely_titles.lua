-- Titles that rarely lead to a sale. They take points away and close no door: a good company makes up for them.
rule "studies" {
  doc = "Studies: reads us for a paper, not for a purchase",
  group = "person",
  when = trait {
    title = word { "student", "intern", "trainee", "professor", "estudiante", "becario", "becaria", "practicante", "profesor", "profesora" },
  },
  points = { fit = -30 },
}
rule "looks_for_work" {
  doc = "Looks for work: reads us as an employer",
  group = "person",
  when = trait {
    title = word { "job seeker", "seeking opportunities", "open to work", "unemployed", "en busca de empleo", "busco trabajo", "desempleado", "desempleada" },
  },
  points = { fit = -30 },
}

-- Where purchasing only collects three offers for somebody else's choice, its visits say little. Where purchasing decides,
-- as in much of industry, this rule misleads: set its points to 0, or delete it.
rule "purchasing" {
  doc = "Purchasing compares prices; others choose",
  group = "person",
  when = trait { title = word { "procurement", "purchasing", "buyer", "sourcing", "compras", "comprador", "compradora", "adquisiciones", "abastecimiento" } },
  points = { fit = -10 },
}
rule "sells_to_us" {
  doc = "Wants to sell us something",
  group = "person",
  when = trait { title = word { "recruiter", "headhunter", "seo specialist", "reclutador", "reclutadora", "link builder" } },
  points = { fit = -20 },
}
