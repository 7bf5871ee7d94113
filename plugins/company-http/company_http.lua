-- Edit these: where to ask, and which field of the answer (dots walk objects) becomes which trait.
local address = "https://api.example/v1/companies"
local map = {
  ["company.name"] = "name",
  ["company.employees"] = "metrics.employees",
  ["company.industry"] = "category.industry",
  ["company.country"] = "geo.country",
}

local function field(object, path)
  for key in path:gmatch "[^.]+" do
    if type(object) ~= "table" then return nil end
    object = object[key]
  end
  return object
end

enricher "company_http" {
  doc = "What a service knows of the company",
  needs = { "email_domain" },
  gives = { "company.name", "company.employees", "company.industry", "company.country" },
  ttl = "90d", negative_ttl = "7d", timeout = "10s", rate = "5/s", budget = "1000/d",
  run = function(lead, http)
    local answer, err = http.get(address, { query = { domain = lead.traits.email_domain }, auth = secret "COMPANY_KEY" })
    if not answer then error(err) end
    if answer.status == 404 then return nothing end
    if answer.status ~= 200 or type(answer.json) ~= "table" then
      error { code = "http_" .. answer.status, message = "no company in the answer" }
    end
    local told = {}
    for trait, path in pairs(map) do told[trait] = field(answer.json, path) end
    return told
  end,
}
