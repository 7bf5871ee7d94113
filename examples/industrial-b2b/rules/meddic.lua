-- MEDDIC en español, para ciclos de un año: lo que dice cualquiera de la empresa vale para todos los de esa empresa.
framework "meddic" {
  doc = "Lo que hay que saber antes de una oferta formal",
  of = "account",
  criterion "metrics" {
    ask = "¿Qué cifra tiene que cambiar, y de cuánto a cuánto?",
    doc = "0 ninguna, 1 un deseo, 2 una cifra suya, 3 confirmada por quien paga",
    value = "grade", grades = { "nada", "poco", "bien", "fuerte" }, weight = 3, expires = "365d",
  },
  criterion "economic_buyer" {
    ask = "¿Quién puede gastar lo que no está en el presupuesto?",
    doc = "0 desconocido, 1 con nombre, 2 lo hemos visto, 3 nos apoya",
    value = "grade", grades = { "nada", "poco", "bien", "fuerte" }, weight = 3, expires = "365d",
  },
  criterion "decision_criteria" {
    ask = "¿Con qué criterios compararán las ofertas?",
    doc = "0 desconocidos, 1 supuestos, 2 dichos, 3 escritos, y con nuestra ayuda",
    value = "grade", grades = { "nada", "poco", "bien", "fuerte" }, weight = 2, expires = "365d",
  },
  criterion "decision_process" {
    ask = "¿Qué pasos llevan a la firma, y cuándo?",
    doc = "0 desconocidos, 1 algunos, 2 todos con nombres, 3 todos con fechas",
    value = "grade", grades = { "nada", "poco", "bien", "fuerte" }, weight = 2, expires = "180d",
  },
  criterion "identify_pain" {
    ask = "¿Qué cuesta hoy el problema, y quién lo sufre?",
    doc = "0 nada, 1 mencionado, 2 descrito por quien lo sufre, 3 quien paga dice cuánto",
    value = "grade", grades = { "nada", "poco", "bien", "fuerte" }, weight = 3, expires = "365d",
  },
  criterion "champion" {
    ask = "¿Quién nos vende cuando no estamos en la sala?",
    doc = "0 nadie, 1 alguien amable, 2 alguien que gana con ello, 3 probado",
    value = "grade", grades = { "nada", "poco", "bien", "fuerte" }, weight = 3, expires = "180d",
  },
  qualified = { must = { "identify_pain", "champion", "economic_buyer" }, total = at_least(11) },
}
