-- One score: how likely this contact is to become a seller, from what is known when they first write.
dimension "promise" { min = 0, max = 40, bands = { high = 30, middle = 18, low = 0 } }
