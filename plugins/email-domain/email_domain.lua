enricher "email_domain" {
  doc = "What kind of address it is, and the company's domain",
  needs = { "email_domain" },
  gives = { "email_kind", "company.domain" },
  ttl = "365d",
  run = function(lead, _, _, lookup)
    local domain = lead.traits.email_domain
    if lookup.list("disposable_mail", domain) then return { email_kind = "disposable" } end
    if lookup.list("free_mail", domain) then return { email_kind = "free" } end
    local registered = lookup.domain(domain)
    if not registered then return nothing end
    return { email_kind = "company", ["company.domain"] = registered }
  end,
}
