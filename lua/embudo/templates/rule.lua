-- __name__: say here what it is for, and why it is worth that much.

dimension "__dimension__" { min = 0, max = 100 }

rule "__name__" {
  doc    = "Did what __name__ is about", -- what explanations say: why did this lead get points?
  group  = __group__,
  on     = track "__event__", -- the events that count: `embudo help selectors`
  points = __points__, -- per event; negative points take away
  limit  = { times = 3, per = "7d" }, -- at most three within any seven days, so that no flood of events fills it
  decay  = half_life "30d", -- half of it is gone after thirty days
}
