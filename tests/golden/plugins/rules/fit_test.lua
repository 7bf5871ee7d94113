test "a plugin says how large they are" (function(t)
  t:identify { email = "ana@acme.example" }
  t:enrich "size"
  t:expect { scores = { fit = 10 } }
end)
