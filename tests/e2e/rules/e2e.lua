-- Rules whose scores the end-to-end tests can work out on paper: points, nothing that decays.
dimension "interest" { min = 0, max = 100000 }

rule "looked" { on = page {}, points = { interest = 1 }, doc = "looked at a page" }
rule "downloaded" { on = track "Content Downloaded", points = { interest = 10 }, doc = "downloaded something" }
rule "paid" { on = track "order.paid", points = { interest = 100 }, doc = "paid an order" }

lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = score { interest = at_least(100) }, doc = "interest reached 100" },
}
