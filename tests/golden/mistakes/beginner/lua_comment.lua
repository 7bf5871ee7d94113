// a comment
rule "lua_comment" { on = page {}, points = { engagement = 1 } }
