dimension "engagement" { min = 0 }
