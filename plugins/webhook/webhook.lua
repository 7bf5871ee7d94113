local form = "how to write a field: { name = \"standing.stage\" }, a path in the message's data"

-- The fields that the options name, from the message's data.
local function pick(effect)
  local fields = effect.options.fields
  if not fields then return effect.data end
  local picked = { sequence = effect.data.sequence, lead = effect.data.lead }
  for name, path in pairs(fields) do
    if type(path) ~= "string" then error(form) end
    picked[name] = effect.data[path]
  end
  return picked
end

renderer "webhook" {
  doc = "A web service of any kind: the message with fields of your choice, or as a CloudEvent",
  render = function(effect)
    if effect.options.format == "cloudevents" then
      return {
        headers = { ["content-type"] = "application/cloudevents+json" },
        body = {
          specversion = "1.0", id = effect.id, source = effect.options.source or "embudo", type = effect.type,
          subject = effect.data.lead.id, time = effect.timestamp, datacontenttype = "application/json", data = pick(effect),
        },
      }
    end
    return { body = { type = effect.type, timestamp = effect.timestamp, data = pick(effect) } }
  end,
}
