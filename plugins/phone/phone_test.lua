local cases = {
  ["+49 (30) 901820"] = { phone_e164 = "+4930901820", phone_country = "DE" },
  ["0034 912 34 56 78"] = { phone_e164 = "+34912345678", phone_country = "ES" },
  ["+351 21 123 4567"] = { phone_e164 = "+351211234567", phone_country = "PT" },
  ["+1-202-555-0123"] = { phone_e164 = "+12025550123", phone_country = "US" },
  ["+999 1234567"] = { phone_e164 = "+9991234567", phone_country = missing },
  ["030 901820"] = { phone_e164 = missing, phone_country = missing },
  ["+49 12"] = { phone_e164 = missing, phone_country = missing },
  ["call me"] = { phone_e164 = missing, phone_country = missing },
}
for number, told in pairs(cases) do
  test("phone " .. number)(function(t)
    t:identify { phone = number }
    t:enrich "phone"
    t:expect { traits = told }
  end)
end
