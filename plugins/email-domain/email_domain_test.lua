local cases = {
  ["ana@gmail.com"] = { email_kind = "free", ["company.domain"] = missing },
  ["ana@mailinator.com"] = { email_kind = "disposable", ["company.domain"] = missing },
  ["ana@mail.acme.co.uk"] = { email_kind = "company", ["company.domain"] = "acme.co.uk" },
  ["ana@acme.de"] = { email_kind = "company", ["company.domain"] = "acme.de" },
  ["ana@co.uk"] = { email_kind = missing, ["company.domain"] = missing },
}
for address, told in pairs(cases) do
  test("email_domain of " .. address)(function(t)
    t:identify { email = address }
    t:enrich "email_domain"
    t:expect { traits = told }
  end)
end
