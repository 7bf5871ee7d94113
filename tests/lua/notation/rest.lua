reset "unsubscribed" { doc = "Asked us to stop", on = track "Unsubscribed", dimensions = { "engagement" } }
reset "silent"       { when = idle "30d", dimensions = { "engagement" }, keep = 0.5 }
ignore "own_staff"   { doc = "Us", when = trait { email_domain = listed "own_domains" } | trait { email = glob "*+test@*" } }
ignore "bots"        { on = any_event { ["context.ip"] = cidr { "203.0.113.0/24" } } }
activity { page {}, track(none_of { "Email Sent", "Email Delivered", "Email Opened", "Email Bounced" }) }
profile {
  required = { "first_name", "last_name", "title", "company.name", "email" }, optional = { phone = 2, linkedin = 1 },
  valid    = { phone = matches "^\\+[1-9]\\d{6,14}$" },
}
identity { email = "merge", never = listed "shared_mailboxes" }
