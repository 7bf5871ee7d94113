-- What is measured. Fit: is this the right person at the right company? Engagement: how much do they deal with us?
-- Intent: are they about to buy? A grade such as A1 is the fit's letter beside the engagement's digit.
dimension "fit"        { min = 0, max = 100, bands = { A = 70, B = 45, C = 20, D = 0 } }
dimension "engagement" { min = 0, max = 100, bands = { ["1"] = 60, ["2"] = 30, ["3"] = 10, ["4"] = 0 } }
dimension "intent"     { min = 0, max = 100, bands = { hot = 60, warm = 30, cold = 0 } }
grade { "fit", "engagement" }

-- Who they are: the profile.
group "person"  { dimension = "fit", max = 40 }
group "company" { dimension = "fit", max = 35 }
group "address" { dimension = "fit" }

-- How they came: the channel.
group "channel" { dimension = "engagement", max = 15 }

-- What they did: the actions, one group for each place where it can happen, so that none of them drowns the others.
group "web"     { dimension = "engagement", max = 50 }
group "content" { dimension = "engagement", max = 30 }
group "webinar" { dimension = "engagement", max = 36 }
group "email"   { dimension = "engagement", max = 15 }
group "chat"    { dimension = "engagement", max = 20 }
group "calls"   { dimension = "engagement", max = 30 }
group "trial"   { dimension = "engagement", max = 45 }

-- What they want: the actions that say so.
group "buying"  { dimension = "intent" }
