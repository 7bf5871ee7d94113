-- What Lua would take in silence, or break off at.
rule "lua_and" { when = trait { title = present } and trait { country = present }, points = { fit = 1 } }
rule "two_texts" { on = page { path = "/a" | "/b" }, points = { engagement = 1 } }
