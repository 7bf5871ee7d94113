-- Can this person say yes? Whole words of the title count, upper case and accents do not: "DIRECTORA" is "directora".
-- The first row that matches decides, so the rows that would mislead come first: an assistant to the director is an
-- assistant.
rule "seniority" {
  doc = "What the title says about who decides",
  group = "person",
  field = "title",
  first = {
    { word { "assistant", "secretary", "secretaria", "secretario", "asistente" }, value = 2 },
    {
      word {
        "ceo", "cto", "cfo", "coo", "cio", "cmo", "cro", "chief", "owner", "founder", "co-founder", "president", "managing director",
        "director general", "directora general", "gerente general", "consejero delegado", "consejera delegada",
        "presidente", "presidenta", "fundador", "fundadora", "socio", "socia", "propietario", "propietaria",
      },
      value = 25,
    },
    {
      word {
        "vp", "vice president", "director", "head", "directora", "jefe", "jefa", "gerente", "subdirector", "subdirectora",
        "vicepresidente", "vicepresidenta",
      },
      value = 20,
    },
    {
      word { "manager", "lead", "team leader", "responsable", "encargado", "encargada", "coordinador", "coordinadora" },
      value = 12,
    },
    { missing, value = 0 },
    { any, value = 3 },
  },
}
