-- Lo que se mide: encaje (quién es), interés (qué hace) e intención (qué pide).
dimension "encaje"    { min = 0, max = 100, bands = { A = 60, B = 35, C = 15, D = 0 } }
dimension "interes"   { min = 0, max = 100, bands = { ["1"] = 40, ["2"] = 15, ["3"] = 0 } }
dimension "intencion" { min = 0, max = 100 }
grade { "encaje", "interes" }

profile {
  required = { "first_name", "last_name", "title", "email", "company.name" },
  optional = { phone = 3, country = 2 },
}
identity { email = "merge", never = matches "(?i)^(info|ventas|compras|oficina|contacto)@" }
activity { page {}, track(none_of { "Email Sent", "Email Opened" }) }
