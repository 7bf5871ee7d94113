-- Whose company somebody is of, and whose are no new business: customers, partners, companies a deal is open with. A CRM
-- tells of them with group calls: { domain = "acme.com", status = "customer", owner = "maria" }.
segment "existing" {
  doc = "Of a customer, a partner, or a company a deal is open with",
  when = account { status = one_of { "customer", "partner", "open_deal" } }
    | account { customer = true }
    | account { open_deals = at_least(1) },
}
accounts {
  doc = "By the domain of their address, too; free mail and shared networks are nobody's company",
  domains = { "domain", "domains", "website" },
  never = listed "freemail" | listed "disposable",
  existing = in_segment "existing",
  owner = "owner",
}

-- They are not marketing's to qualify (see the gate `new_business`): who has their company calls them.
lifecycle "existing" {
  start = "nothing_due",
  move {
    "nothing_due", "for_owner",
    doc = "Somebody of an account we have wants to talk",
    when = in_segment "existing"
      & seen(track "Demo Requested" | track "Quote Requested" | track "Form Submitted" { form = "demo" }, { within = "14d" }),
    again = "30d",
  },
  move { "for_owner", "nothing_due", act = "handled", doc = "Its owner has seen to it", by = { "sales", "marketing" } },
  move {
    "for_owner", "nothing_due",
    doc = "The account is none of ours any more: a lead like any other",
    when = ~in_segment "existing",
  },
}
assign "account_owner" {
  doc = "Who has the account has its people",
  stage = { "for_owner", lifecycle = "existing" },
  account_owner = true,
}
sla "existing_touch" {
  doc = "Accounts we have are called within half a day",
  stage = { "for_owner", lifecycle = "existing" },
  due = "4h",
  hours = "office",
  breach = { escalate = "sales_manager" },
}
worklist "existing" {
  doc = "Of accounts we have, and want to talk: for who has the account",
  stage = { "for_owner", lifecycle = "existing" },
  order = { "clock", "waiting" },
}
