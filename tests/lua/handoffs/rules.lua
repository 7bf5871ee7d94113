-- Hot at forty points; a demo that is asked for tells the chat as well.
dimension "intent" { min = 0, max = 100, bands = { hot = 40, cold = 0 } }
rule "demo" { doc = "Asked for a demo", on = track "Demo Requested", points = { intent = 40 }, limit = { times = 2 } }
rule "visit" { doc = "Looked around", on = page {}, points = { intent = 1 }, limit = { times = 5 } }
lifecycle "main" {
  start = "lead",
  move { "lead", "mql", doc = "Hot", when = score { intent = at_least(40) } },
}

contact { asked_not_to = trait { contact = false } }

renderer "chat" {
  doc = "A chat's incoming webhook",
  url = "https://chat.example/api",
  headers = { authorization = { "Bearer ", secret "CHAT_TOKEN" } },
  render = function(effect)
    local lead = effect.data.lead.id
    if effect.data.quiet then return nil end
    if effect.data.seats and effect.data.seats > 900 then error("too many seats") end
    return {
      path = "/post", headers = { ["x-channel"] = effect.options.channel },
      body = { channel = effect.options.channel, text = lead .. " is hot", fields = { effect.type, effect.data.sequence } },
    }
  end,
  accepts = function(answer) return answer.json.ok or answer.json.error end,
}

destination "crm" { url = "https://crm.example/hook", secrets = secret "CRM_HOOK", events = "lead.qualified" }
destination "chat" { plugin = "chat", options = { channel = "#sales" } }

effect "hot" {
  doc = "Sales should call", on = entered "mql", to = { "crm", "chat" }, type = "lead.qualified", handoff = true,
  data = { desk = "madrid" },
}
effect "asked" {
  on = track "Demo Requested", when = score { intent = at_least(80) }, to = { "crm", "chat" },
  data = function(lead, event)
    return { seats = event.properties.seats, quiet = event.properties.quiet, score = lead.scores.intent }
  end,
}
