test "a company's size puts its people in one segment" (function(t)
  t:identify { email = "ana@acme.example", country = "ES" }
  t:expect { segments = { self_employed = false, smb = false, mid_market = false, enterprise = false } }
  t:group("acme", { employees = 9 })
  t:expect { segments = { self_employed = true, smb = false } }
  t:group("acme", { employees = 10 })
  t:expect { segments = { self_employed = false, smb = true, mid_market = false } }
  t:group("acme", { employees = 249 })
  t:expect { segments = { smb = true, mid_market = false } }
  t:group("acme", { employees = 250 })
  t:expect { segments = { smb = false, mid_market = true } }
  t:group("acme", { employees = 4999 })
  t:expect { segments = { mid_market = true, enterprise = false } }
  t:group("acme", { employees = 5000 })
  t:expect { segments = { mid_market = false, enterprise = true } }
end)

test "a country puts people in a region" (function(t)
  t:identify { country = "ES" }
  t:expect { segments = { iberia = true, dach = false, latam = false } }
  t:identify { country = "CH" }
  t:expect { segments = { iberia = false, dach = true } }
  t:identify { country = "MX" }
  t:expect { segments = { dach = false, latam = true } }
end)
