-- __name__: say here what is there, and who reads what is sent.

destination "__name__" {
  doc     = "What __name__ is",
  url     = "https://example.com/hooks/__name__", -- embudo.yaml can say another one: `embudo help config`
  headers = { authorization = { "Bearer ", secret "__name___token" } }, -- embudo.yaml has the secret's value
  options = { channel = "#sales" }, -- what the function below reads as effect.options

  -- The request, made once; nil: there is nothing to tell. Without it the whole message is sent, signed with `secrets`.
  render = function(effect)
    local data = effect.data
    return { body = { channel = effect.options.channel, lead = data.lead.id, why = effect.type, plan = data.plan } }
  end,

  -- Whether a 2xx answer means yes: true, or why not.
  accepts = function(answer)
    if not answer.json then return "no JSON came back" end
    return answer.json.ok or answer.json.error
  end,
}

effect "__name___told" {
  doc  = "What happened to a lead is told __name__",
  on   = track "__event__", -- or a stage that is entered: on = entered "mql"
  to   = "__name__",
  type = "lead.__name__",
  data = function(_, event) return { plan = event.properties.plan } end,
}
