-- Asks a service for what is not known of a lead: `embudo help enricher` tells every field.
enricher "__name__" {
  doc = "What it finds out, and from whom",
  needs = { "email_domain" }, -- what it asks with; it sees nothing else
  gives = { "company.employees" }, -- what it may tell
  ttl = "90d", -- how long an answer counts
  rate = "5/s",
  budget = "1000/d",
  run = function(lead, http)
    local answer, err = http.get("https://api.example/companies/" .. lead.traits.email_domain)
    if not answer then error(err) end -- tried again when that may help
    if answer.status == 404 then return nothing end
    if not answer.json then error { code = "odd", message = "no JSON, status " .. answer.status } end
    return { ["company.employees"] = answer.json.employees }
  end,
}
