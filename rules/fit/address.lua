-- What the e-mail address tells. All of these are soft: they lower the fit and shut nobody out.

-- Nothing sells to a free address in most B2B markets. Where people try a product with their private address first
-- (product-led growth), this rule misleads: set its points to 0, or delete it.
rule "free_mail" {
  doc = "Writes from a free-mail address, so the company is unknown",
  group = "address",
  when = trait { email_domain = listed "freemail" },
  points = { fit = -15 },
}
rule "disposable_mail" {
  doc = "Gave an address that throws its mail away",
  group = "address",
  when = trait { email_domain = listed "disposable" },
  points = { fit = -50 },
}
rule "role_mailbox" {
  doc = "Gave a mailbox that several people read",
  group = "address",
  when = trait { email = matches "(?i)^(info|sales|ventas|contact|contacto|admin|office|hello|hola|support|soporte)@" },
  points = { fit = -5 },
}
rule "competitor" {
  doc = "A competitor is looking around",
  group = "address",
  when = trait { email_domain = listed "competitors" },
  points = { fit = -100 },
}
rule "education" {
  doc = "Writes from a school or university",
  group = "address",
  when = trait { email_domain = listed "education" },
  points = { fit = -10 },
}
rule "company_address" {
  doc = "Writes from a company's own domain",
  group = "address",
  when = trait { email_domain = present & ~(listed "freemail" | listed "disposable" | listed "competitors" | listed "education") },
  points = { fit = 5 },
}
