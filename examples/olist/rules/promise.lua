-- Two scorecards learnt from the history: points are the conversion, in percent, of the leads that came that way. Such
-- numbers describe the past; watch whether they hold.
rule "origin" {
  doc = "Where they came from",
  dimension = "promise",
  field = "origin",
  first = {
    { one_of { "organic_search", "paid_search" }, value = 12 },
    { "direct_traffic", value = 11 },
    { "referral", value = 8 },
    { "social", value = 6 },
    { one_of { "email", "display", "other", "other_publicities" }, value = 3 },
    { one_of { "unknown" } | missing, value = 16 }, -- nobody asked: most of these came by themselves
    { any, value = 5 },
  },
}
rule "landing_page" {
  doc = "Which page they left their details on",
  dimension = "promise",
  field = "landing_page_id",
  first = {
    { one_of { "40dec9f3d5259a3d2dbcdab2114fae47", "22c29808c4f815213303f8933030604c", "b76ef37428e6799c421989521c0e5077" }, value = 20 },
    { "ce1a65abd0973638f1c887a6efcfa82d", value = 15 },
    { one_of { "88740e65d5d6b056e0cda098e1ea6313", "f017be4dbf86243af5c1ebed0cff36a2", "58326e62183c14b0c03085c33b9fdc44" }, value = 6 },
    { "e492ee5eaf1697716985cc6f33f9cd9b", value = 3 },
    { any, value = 9 },
  },
}
