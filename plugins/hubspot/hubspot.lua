-- Which property gets what: a path in the message's data. options.properties says more, or otherwise.
local usual = {
  email = "profile.email",
  firstname = "profile.first_name",
  lastname = "profile.last_name",
  company = "profile.company",
  jobtitle = "profile.title",
}

-- A property is a text, a number or yes and no; anything else is not sent.
local function fits(value)
  return type(value) == "string" or type(value) == "number" or type(value) == "boolean"
end

local function add(properties, map, data)
  for name, path in pairs(map) do
    local value = data[path]
    if fits(value) then properties[name] = value end
  end
end

renderer "hubspot" {
  doc = "A contact in HubSpot, found or made by its e-mail address",
  url = "https://api.hubapi.com",
  render = function(effect)
    local options, data = effect.options, effect.data
    local email = data.profile and data.profile.email
    if not email then return nil end -- nobody to write to
    local properties = {}
    add(properties, usual, data)
    add(properties, options.properties or {}, data)
    if options.id_property then properties[options.id_property] = effect.id end
    return {
      path = "/crm/v3/objects/contacts/batch/upsert",
      headers = { authorization = { "Bearer ", options.token or error("options.token is not set") } },
      body = {
        inputs = { { id = email, idProperty = "email", objectWriteTraceId = effect.id, properties = properties } },
      },
    }
  end,
  -- A request that HubSpot finds wrong stays wrong. (401 and 403 are mended by a new token, 404 by nobody knows what.)
  refusals = { 400, 409, 413, 414, 415, 422 },
  -- 207: some of the batch was refused, and ours is all of it.
  accepts = function(answer)
    local errors = answer.json and answer.json.errors
    if not errors or #errors == 0 then return true end
    local why = errors[1].message or "refused"
    return errors[1].category == "VALIDATION_ERROR" and { refused = why } or why
  end,
}
