-- What beginners write.
enricher "more_than_it_gives" {
  doc = "Answers what it does not declare", needs = { "email" }, gives = { "x" },
  run = function() return { x = { a = 1 }, ["x.b"] = 2, xy = 3, ["z.w"] = 4 } end,
}
enricher "no_json" {
  doc = "Trusts an answer", needs = { "email" }, gives = { "x" },
  run = function()
    local answer = { status = 200 }
    return { x = answer.json.name }
  end,
}
