local known = { ["google.com"] = "google", ["googlemail.com"] = "google", ["outlook.com"] = "microsoft" }

enricher "mx" {
  doc = "Whether the domain takes mail, and who runs it",
  needs = { "email_domain" },
  gives = { "email_deliverable", "email_provider" },
  ttl = "30d", negative_ttl = "1d", timeout = "5s",
  run = function(lead, _, dns, lookup)
    local hosts, err = dns.mx(lead.traits.email_domain)
    if err and err.code ~= "not_found" then error(err) end
    -- "." alone says that a domain takes no mail (RFC 7505)
    if not hosts or #hosts == 0 or hosts[1].host == "" or hosts[1].host == "." then
      return { email_deliverable = false }
    end
    local domain = lookup.domain(hosts[1].host)
    return { email_deliverable = true, email_provider = known[domain] or domain }
  end,
}
