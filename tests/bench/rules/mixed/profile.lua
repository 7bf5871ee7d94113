-- The benchmark's profile rules; four more are in functions.lua.
rule "senior" {
  when = trait { title = word { "ceo", "cto", "head", "directora", "director", "jefe" } },
  points = { fit = 20 },
}
rule "employees" {
  dimension = "fit", field = "company.employees",
  first = { { at_least(5000), value = 10 }, { between(200, 4999), value = 30 }, { between(50, 199), value = 20 }, { any, value = -10 } },
}
rule "country"    { when = trait { country = one_of { "ES", "MX", "PT" } }, points = { fit = 10 } }
rule "industry"   { when = trait { ["company.industry"] = one_of { "software", "manufacturing", "logistics" } }, points = { fit = 15 } }
rule "free_mail"  { when = trait { email_domain = one_of { "gmail.com", "yahoo.com" } }, points = { fit = -15 } }
rule "student"    { when = trait { title = word { "student" } }, points = { fit = -30 } }
rule "busy_week" { when = seen(page {}, { times = 5, within = "7d" }), points = { engagement = 10 } }
