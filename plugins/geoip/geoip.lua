-- Edit this: which part of the database's answer becomes which trait.
local map = {
  country = { "country", "iso_code" },
  region = { "subdivisions", 1, "iso_code" },
  city = { "city", "names", "en" },
  time_zone = { "location", "time_zone" },
}

local function at(value, path)
  for _, key in ipairs(path) do
    if type(value) ~= "table" then return nil end
    value = value[key]
  end
  return value
end

enricher "geoip" {
  doc = "Where an IP address is, by a database in lists/geoip.mmdb",
  needs = { "ip" },
  gives = { "country", "region", "city", "time_zone" },
  ttl = "30d",
  run = function(lead, _, _, lookup)
    local address = lookup.address(lead.traits.ip)
    if not address or not address.public then return nothing end -- a company's own network is nowhere
    local place = lookup.mmdb("geoip", address.text)
    local told, any = {}, false
    for trait, path in pairs(map) do
      told[trait] = at(place, path)
      any = any or told[trait] ~= nil
    end
    if not any then return nothing end
    return told
  end,
}
