test "pages and screens, by name and by field" (function(t)
  t:screen("Plans", { plan = "pro" })
  t:screen "Plans"
  t:event { type = "page", name = "Pricing", context = { page = { title = "Prices and plans" } } }
  t:event { type = "page", name = "Prices" }
  t:expect { points = { any_screen = 2, plans_screen = 1, named_page = 1, page_title = 1 } }
end)

test "properties come before context.page" (function(t)
  t:event { type = "page", properties = { title = "Else" }, context = { page = { title = "Prices" } } }
  t:expect { not_holds = { "page_title" } }
end)

test "identify, group and every type" (function(t)
  t:identify { phone = "1" }
  t:identify { phone = "" }
  t:group("acme", { employees = 100 })
  t:group("acme", { employees = 99 })
  t:expect { points = { gave_phone = 1, big_company = 1 } }
  t:event { type = "track", event = "X", context = { device = { type = "mobile" } } }
  t:event { type = "identify", traits = { plan = "pro" }, context = { device = { type = "mobile" } } }
  t:expect { points = { from_mobile = 2, by_trait = 1 } }
end)

test "a visit begins with the first page and after half an hour of silence, exactly" (function(t)
  t:page "/"
  t:expect { points = { new_visit = 1 } }
  t:advance "29m59s"
  t:page "/"
  t:advance "10m"
  t:track "Something"
  t:advance "20m"
  t:page "/"
  t:expect { points = { new_visit = 2 } }
end)

test "either selector, dots and caps" (function(t)
  t:page "/a"
  t:track("Seen", { what = "a" })
  t:track("Seen", { what = "b" })
  t:track("Order", { cart = { total = 101 } })
  t:track("Order", { ["cart.total"] = 101 })
  for _ = 1, 3 do t:track "Capped" end
  t:expect { points = { read_or_saw = 2, deep_field = 2, capped = 25 } }
end)

test "a group's floor" (function(t)
  t:track "Bad"
  t:track "Bad"
  t:expect { points = { forgiving = -20 }, scores = { points = -14 } } -- and not_cto's 1
end)

test "sequences keep their order and their time" (function(t)
  t:track "B"
  t:track "A"
  t:advance "59m59s"
  t:track "B"
  t:expect { points = { a_then_b = 1, a_no_x_b = 1 } }
  t:track "A"
  t:track "X"
  t:advance "1h"
  t:track "B"
  t:expect { points = { a_then_b = 1, a_no_x_b = 1 } }
end)

test "the latest start counts" (function(t)
  t:track "A"
  t:advance "59m"
  t:track "A"
  t:advance "59m"
  t:track "B"
  t:expect { points = { a_then_b = 1 } }
end)

test "a field that is the same" (function(t)
  t:track("Cart", { cart_id = 1 })
  t:track("Cart", { cart_id = 2 })
  t:track("Paid", { cart_id = 2 })
  t:track "Cart" -- without a cart_id: no sequence
  t:advance "1h"
  t:expect { points = { same_cart = 1 } }
end)

test "each of many alternatives" (function(t)
  for _, path in ipairs { "/lesson/0", "/lesson/1", "/lesson/31", "/lesson/60", "/lesson/61", "/lesson" } do t:page(path) end
  t:expect { points = { any_lesson = 4 } }
end)
