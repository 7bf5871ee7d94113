-- The departments that buy from us. Replace the words by those of your own buyers.
rule "buying_department" {
  doc = "Works in a department that buys from us",
  group = "person",
  when = trait {
    title = word {
      "marketing", "sales", "revenue", "growth", "revops", "operations", "crm", "demand generation",
      "ventas", "comercial", "mercadotecnia", "operaciones", "crecimiento",
    },
  },
  points = { fit = 10 },
}
