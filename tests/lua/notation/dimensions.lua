dimension "fit"        { min = 0, max = 100, bands = { A = 70, B = 45, C = 20, D = 0 } }
dimension "engagement" { min = 0, max = 100, bands = { ["1"] = 60, ["2"] = 30, ["3"] = 10, ["4"] = 0 } }
dimension "intent"     { min = 0, max = 100 }
group "profile" { dimension = "fit", max = 60 } -- a cap on what the group's rules may hold together
group "web"     { dimension = "engagement" }
grade { "fit", "engagement" }
