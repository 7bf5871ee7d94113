test "colleagues and test addresses are no leads" (function(t)
  t:identify { email = "ana@ourcompany.example" }
  t:expect { ignored = "own_staff" }
  t:identify { email = "ana@mail.ourcompany.example" }
  t:expect { ignored = "own_staff" }
  t:identify { email = "ana+test@mills.example" }
  t:expect { ignored = "test_addresses" }
  t:identify { email = "ana@mills.example" }
  t:expect { ignored = false }
end)

test "programs that read the site do nothing" (function(t)
  t:event { type = "page", properties = { path = "/pricing" }, context = { userAgent = "Mozilla/5.0 (compatible; Examplebot/2.1)" } }
  t:event { type = "page", properties = { path = "/pricing" }, context = { userAgent = "HeadlessChrome/139" } }
  t:event { type = "page", properties = { path = "/pricing" }, context = { ip = "203.0.113.9" } }
  t:event { type = "page", properties = { path = "/pricing" }, context = { ip = "2001:db8::7" } }
  t:expect { scores = { engagement = 0 }, not_holds = { "pricing_page", "page_view" } }
end)

test "people do" (function(t)
  t:event {
    type = "page", properties = { path = "/pricing" },
    context = { ip = "198.51.100.7", userAgent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/142.0" },
  }
  t:expect { holds = { "pricing_page" } }
end)
