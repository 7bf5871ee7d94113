local countries = {
  ["1"] = "US", ["7"] = "RU", ["20"] = "EG", ["27"] = "ZA", ["30"] = "GR", ["31"] = "NL", ["32"] = "BE", ["33"] = "FR",
  ["34"] = "ES", ["36"] = "HU", ["39"] = "IT", ["40"] = "RO", ["41"] = "CH", ["43"] = "AT", ["44"] = "GB", ["45"] = "DK",
  ["46"] = "SE", ["47"] = "NO", ["48"] = "PL", ["49"] = "DE", ["51"] = "PE", ["52"] = "MX", ["54"] = "AR", ["55"] = "BR",
  ["56"] = "CL", ["57"] = "CO", ["58"] = "VE", ["60"] = "MY", ["61"] = "AU", ["62"] = "ID", ["63"] = "PH", ["64"] = "NZ",
  ["65"] = "SG", ["66"] = "TH", ["81"] = "JP", ["82"] = "KR", ["84"] = "VN", ["86"] = "CN", ["90"] = "TR", ["91"] = "IN",
  ["92"] = "PK", ["351"] = "PT", ["352"] = "LU", ["353"] = "IE", ["354"] = "IS", ["358"] = "FI", ["359"] = "BG",
  ["370"] = "LT", ["371"] = "LV", ["372"] = "EE", ["380"] = "UA", ["385"] = "HR", ["386"] = "SI", ["420"] = "CZ",
  ["421"] = "SK", ["502"] = "GT", ["503"] = "SV", ["504"] = "HN", ["505"] = "NI", ["506"] = "CR", ["507"] = "PA",
  ["591"] = "BO", ["593"] = "EC", ["595"] = "PY", ["598"] = "UY", ["852"] = "HK", ["886"] = "TW", ["971"] = "AE",
  ["972"] = "IL",
}

enricher "phone" {
  doc = "The number as E.164 has it, and its country",
  needs = { "phone" },
  gives = { "phone_e164", "phone_country" },
  ttl = "365d",
  run = function(lead)
    local digits = tostring(lead.traits.phone):gsub("[%s().%-/]", ""):gsub("^00", "+")
    local number = digits:match "^%+([1-9]%d+)$"
    if not number or #number < 7 or #number > 15 then return nothing end
    for length = 3, 1, -1 do
      local country = countries[number:sub(1, length)]
      if country then return { phone_e164 = "+" .. number, phone_country = country } end
    end
    return { phone_e164 = "+" .. number }
  end,
}
