test "segments follow what they are made of" (function(t)
  t:identify { company = { employees = 10 } }
  t:expect { segments = { smb = true, awake = false, lively_smb = false, warm = false } }
  t:page "/a"
  t:page "/b"
  t:expect { segments = { awake = true, lively_smb = true, warm = true }, scores = { fit = 5 }, stage = "mql" }
  t:expect { stages = { self_serve = "trial" } }
end)

test "time alone ends them, at the instant" (function(t)
  t:identify { company = { employees = 10 } }
  t:page "/a"
  t:advance "1h"
  t:page "/b"
  t:advance "167h"
  t:expect { segments = { awake = false, lively_smb = false, smb = true } }
end)

test "a decayed score leaves a segment when it crosses the bar" (function(t)
  t:page "/a"
  t:expect { segments = { warm = true } }
  t:advance "1m"
  t:expect { segments = { warm = false }, scores = { fit = 0 } }
end)

test "who is not in the segment is not in its lifecycle" (function(t)
  t:identify { company = { employees = 500 } }
  t:page "/a"
  t:page "/b"
  t:expect { segments = { awake = true, smb = false }, stages = { self_serve = "visitor" } }
end)
