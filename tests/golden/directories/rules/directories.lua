dimension "fit" {}
directory "marketing" { doc = "Campaigns", may = { "rule", "segment" } }
directory "sales/" { doc = "The desk", may = { "lifecycle", "sla", "assign", "worklist" } }
directory "typo" { may = { "rul" } }
directory "/etc" { may = "rule" }
directory "all" {}
