-- What we want to know about a lead. Required fields weigh 5 each in the completeness, optional ones what they say;
-- a field whose content is not valid counts as missing. Nothing here blocks anybody: the gates in lifecycle.lua do.
profile {
  required = { "first_name", "last_name", "title", "email", "company.name", "company.employees", "country" },
  optional = { phone = 3, ["company.industry"] = 3, ["company.type"] = 1, linkedin = 1, twitter = 1 },
  valid = {
    first_name = matches "\\p{L}{2}",
    last_name  = matches "\\p{L}{2}",
    title      = matches "\\p{L}{2}",
    email      = matches "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
    phone      = matches "^\\+[1-9][0-9]{6,14}$",
    linkedin   = contains "linkedin.com/",
  },
}

-- The same address is the same person, unless several people share it.
identity {
  email = "merge",
  never = listed "shared_mailboxes" | matches "(?i)^(info|sales|ventas|contact|contacto|admin|office|hello|hola|support|soporte)@",
}
