rule "any_screen"   { doc = "screen", on = screen {}, points = { points = 1 } }
rule "plans_screen" { doc = "screen by name", on = screen "Plans" { plan = "pro" }, points = { points = 1 } }
rule "named_page"   { doc = "page by name", on = page "Pricing", points = { points = 1 } }
rule "page_title"   { doc = "context.page", on = page { title = starts "Prices" }, points = { points = 1 } }
rule "gave_phone"   { doc = "identify", on = identify { phone = present }, points = { points = 1 } }
rule "big_company"  { doc = "group", on = group_call { employees = at_least(100) }, points = { points = 1 } }
rule "from_mobile"  { doc = "any event", on = any_event { ["context.device.type"] = "mobile" }, points = { points = 1 } }
rule "by_trait"     { doc = "traits", on = any_event { ["traits.plan"] = "pro" }, points = { points = 1 } }
rule "new_visit"    { doc = "visit", on = visit { gap = "30m" }, points = { points = 1 } }
rule "became_mql"   { doc = "entered", on = entered "mql", points = { points = 1 } }
rule "read_or_saw"  { doc = "either", on = page { path = "/a" } | track "Seen" { what = "a" }, points = { points = 1 } }
rule "deep_field"   { doc = "dots", on = track "Order" { ["cart.total"] = above(100) }, points = { points = 1 } }
rule "capped"       { doc = "cap", on = track "Capped", points = { points = 10 }, cap = 25 }
rule "forgiving"    { doc = "group floor", group = "small", on = track "Bad", points = { points = -10 } }
group "small"       { dimension = "points", min = -15 }
rule "a_then_b"     { doc = "order", on = sequence { track "A", track "B", within = "1h" }, points = { points = 1 } }
rule "a_no_x_b"     { doc = "no between", on = sequence { track "A", no(track "X"), track "B" }, points = { points = 1 } }
rule "same_cart"    {
  doc = "same", on = sequence { track "Cart", no(track "Paid"), within = "1h", same = "cart_id" }, points = { points = 1 },
}

-- More alternatives than tables may stand within each other.
local any_lesson = page { path = "/lesson/0" }
for i = 1, 60 do any_lesson = any_lesson | page { path = "/lesson/" .. i } end
rule "any_lesson"   { doc = "one of many", on = any_lesson, points = { points = 1 } }
