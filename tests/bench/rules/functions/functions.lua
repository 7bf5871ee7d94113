-- The ten rules that are Lua functions in both sets: six about events, four about the lead.
rule "attended" {
  on = track "Webinar Attended", decay = half_life "30d",
  points = function(_, event)
    if event.properties.minutes >= 20 then return { engagement = 12 } end
  end,
}
rule "trial" {
  on = track "Trial Started", decay = step { ["14d"] = 0.5, ["30d"] = 0 },
  points = function(_, event) return { engagement = 10 + math.min(event.properties.seats, 20) } end,
}
rule "interested" {
  on = track "Call Completed", decay = half_life "30d",
  points = function(_, event)
    if event.properties.outcome == "interested" then return { intent = 25 } end
  end,
}
rule "form_demo" {
  on = track "Form Submitted", decay = half_life "30d",
  points = function(_, event)
    if event.properties.form == "demo" then return { intent = 30 } end
  end,
}
rule "invite" {
  on = track "Invite Sent", decay = half_life "30d",
  points = function() return { engagement = 6 } end,
}
rule "quote" {
  on = track "Quote Requested", decay = linear "60d",
  points = function(_, event) return { intent = event.properties.value > 500 and 45 or 30 } end,
}
rule "gambling" {
  when = function(lead) local company = lead.traits.company return company ~= nil and company.industry == "gambling" end,
  points = { fit = -40 },
}
rule "procurement" {
  when = function(lead)
    local title = lead.traits.title
    return title ~= nil and title:lower():find("procurement", 1, true) ~= nil
  end,
  points = { fit = -10 },
}
rule "large_abroad" {
  when = function(lead)
    local company, country = lead.traits.company, lead.traits.country
    return company ~= nil and company.employees >= 1000 and country ~= "ES"
  end,
  points = { fit = 5 },
}
rule "known_company" {
  when = function(lead) local company = lead.traits.company return company ~= nil and company.name ~= nil end,
  points = { fit = 5 },
}
