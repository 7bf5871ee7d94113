-- Names and texts that deceive whoever reads them.
rule "a\0b\27[31m\r\n" { on = page {}, points = { fit = 1 } }
rule "\xc0\xaf\xff" { on = page {}, points = { fit = 1 } }
rule "\u{202e}live" { on = page {}, points = { fit = 1 } }
rule "zero\u{200b}width" { on = page {}, points = { fit = 1 } }
rule(("x"):rep(1000000)) { on = page {}, points = { fit = 1 } }
rule "doc" { doc = "\xed\xa0\x80", on = page {}, points = { fit = 1 } }
rule "list" { when = trait { x = listed "../../etc/passwd" }, points = { fit = 1 } }
rule "p\u{430}id" { on = page {}, points = { fit = 1 } }
rule "платный_paid_λ" { on = page {}, points = { fit = 1 } }
rule "größe_über_100" { on = page {}, points = { fit = 1 } }
