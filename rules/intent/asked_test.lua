test "asking for a demonstration fades to nothing in sixty days" (function(t)
  t:track "Demo Requested"
  t:track("Form Submitted", { form = "demo" }) -- the same wish within two weeks counts once
  t:expect { points = { asked_demo = 40 } }
  t:advance "15d"
  t:expect { points = { asked_demo = 30 } }
  t:advance "45d"
  t:expect { not_holds = { "asked_demo" } }
end)

test "forms are told apart" (function(t)
  t:track("Form Submitted", { form = "cotizacion" })
  t:track("Form Submitted", { form = "contact_sales" })
  t:track("Form Submitted", { form = "newsletter" })
  t:expect { points = { asked_quote = 45, asked_contact = 30 }, not_holds = { "asked_demo" } }
end)

test "interest on the phone" (function(t)
  t:track("Call Completed", { outcome = "interested" })
  t:track("Call Completed", { outcome = "interested" })
  t:expect { points = { interested_on_phone = 25 } }
  t:advance "30d"
  t:expect { points = { interested_on_phone = 12.5 } }
end)
