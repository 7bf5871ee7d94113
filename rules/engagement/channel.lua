-- How they came. Held for good: where somebody came from does not fade.
rule "recommended" {
  doc = "Somebody sent them to us",
  group = "channel",
  when = trait { first_source = one_of { "referral", "partner", "recomendacion" } },
  points = { engagement = 10 },
}
rule "paid_click" {
  doc = "Came through an advertisement",
  group = "channel",
  on = page { ["context.campaign.medium"] = one_of { "cpc", "paid", "ppc", "display" } },
  points = { engagement = 2 },
  limit = { times = 3 },
}
rule "met_at_event" {
  doc = "Met us at a fair or a conference",
  group = "channel",
  on = track "Event Booth Visited",
  points = { engagement = 8 },
  cooldown = "30d",
  decay = half_life "60d",
}
rule "bought_list" {
  doc = "Their address came from a bought list: they never asked for us",
  group = "channel",
  when = trait { lead_source = one_of { "purchased_list", "list_import", "lista_comprada" } },
  points = { engagement = -10 },
}
