dimension "fit" { min = 0, max = 100 }
dimension "engagement" { min = 0, max = 100, bands = { ["1"] = 60, ["2"] = 0 } }
group "web" { dimension = "engagment" }
