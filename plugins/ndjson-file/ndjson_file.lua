renderer "ndjson-file" {
  doc = "A line in a file, flat: a column for each field that is named",
  render = function(effect)
    local line = { id = effect.id, type = effect.type, at = effect.timestamp, lead = effect.data.lead.id, sequence = effect.data.sequence }
    for name, path in pairs(effect.options.fields or { stage = "standing.stage", grade = "standing.grade" }) do
      line[name] = effect.data[path]
    end
    return { body = line }
  end,
}
