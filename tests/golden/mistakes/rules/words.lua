-- Everything in here is wrong in its own way; the golden output is what `embudo check` says of it.
dimension "engagement" { min = 0, max = 100 }
dimension "fit" { min = 0, max = 100 }
dimension "intent" { min = 0, max = 100 }
group "web" { dimension = "engagment" }

rule "typo_in_field" { on = page {}, points = { engagement = 1 }, limt = { times = 3 } }
rule "typo_in_word" { on = page { path = glbo "/pricing*" }, points = { engagement = 1 } }
rule "typo_in_list" { when = trait { email_domain = listed "freemial" }, points = { fit = -20 } }
rule "typo_in_group" { group = "wbe", on = page {}, points = { engagement = 1 } }
rule "unknown_dimension" { on = page {}, points = { enagement = 1 } }
