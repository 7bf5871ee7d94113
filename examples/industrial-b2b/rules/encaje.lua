-- Quién es. En la industria compra un comité: ingeniería especifica, producción usa, compras negocia y firma.
rule "tecnico" {
  doc = "Especifica: ingeniería, oficina técnica, mantenimiento",
  when = trait { title = word { "ingeniero", "ingeniera", "ingeniería", "oficina técnica", "mantenimiento", "engineer" } },
  points = { encaje = 20 },
}
-- En otros mercados un título de compras resta puntos. Aquí suma: sin compras no hay pedido.
rule "compras" {
  doc = "Compras decide aquí",
  when = trait { title = word { "compras", "aprovisionamiento", "adquisiciones", "procurement", "purchasing" } },
  points = { encaje = 20 },
}
rule "direccion" {
  doc = "Dirección de planta u operaciones",
  when = trait { title = word { "director", "directora", "gerente", "jefe de planta", "jefa de planta" } },
  points = { encaje = 25 },
}
rule "fabrica" {
  doc = "Fabrica lo que nuestras máquinas hacen mejor",
  when = trait { ["company.industry"] = word { "automoción", "aeronáutica", "mecanizado", "metal", "automotive" } },
  points = { encaje = 25 },
}
rule "tamano" {
  doc = "Personas en la empresa", dimension = "encaje", field = "company.employees",
  first = { { at_least(250), value = 20 }, { between(50, 249), value = 15 }, { between(10, 49), value = 5 }, { missing, value = 0 }, { any, value = -10 } },
}
rule "estudiante" {
  doc = "Busca información para un trabajo de clase",
  when = trait { title = word { "estudiante", "student", "becario", "becaria" } }, points = { encaje = -40 },
}
segment "clientes" { doc = "Ya tienen una máquina nuestra", when = account { customer = true } }
