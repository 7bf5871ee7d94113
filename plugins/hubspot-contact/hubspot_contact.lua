-- Edit this: which property of a HubSpot contact becomes which trait.
local map = {
  ["crm.id"] = "hs_object_id",
  ["crm.owner"] = "hubspot_owner_id",
  ["crm.stage"] = "lifecyclestage",
  ["crm.lead_status"] = "hs_lead_status",
  ["crm.last_contacted"] = "notes_last_contacted",
}

local gives, properties = {}, {}
for trait, property in pairs(map) do
  gives[#gives + 1] = trait
  properties[#properties + 1] = property
end
table.sort(gives)
table.sort(properties) -- the same question is the same bytes

enricher "hubspot_contact" {
  doc = "What HubSpot knows of the contact with this address",
  needs = { "email" },
  gives = gives,
  ttl = "1d", negative_ttl = "1d", timeout = "10s", rate = "4/s", -- HubSpot takes five searches a second
  run = function(lead, http)
    local address = { propertyName = "email", operator = "EQ", value = lead.traits.email }
    local answer, err = http.post("https://api.hubapi.com/crm/v3/objects/contacts/search", {
      json = { filterGroups = { { filters = { address } } }, properties = properties, limit = 1 },
      auth = secret "HUBSPOT_TOKEN",
    })
    if not answer then error(err) end
    local found = answer.json and answer.json.results
    if answer.status ~= 200 or type(found) ~= "table" then
      error { code = "http_" .. answer.status, message = "no list of contacts in the answer" }
    end
    if #found == 0 then return nothing end -- sales does not have this lead yet
    local told = {}
    for trait, property in pairs(map) do
      local value = found[1].properties[property]
      if value ~= "" then told[trait] = value end -- cleared there, so unknown here
    end
    return told
  end,
}
