local function finds(address, traits)
  return function(t)
    t:identify { ip = address }
    t:enrich "geoip"
    t:expect { traits = traits }
  end
end

local nowhere = { country = missing, region = missing, city = missing, time_zone = missing }

test "geoip finds a place" (finds("80.58.61.250", { country = "ES", region = "MD", city = "Madrid", time_zone = "Europe/Madrid" }))
test "geoip finds a place by IPv6" (finds("2a02:9012:0:1::5", { country = "ES", city = "Valencia" }))
test "geoip takes IPv4 in IPv6's clothes for what it is" (finds("::ffff:8.8.8.8", { country = "US", city = "Mountain View" }))
test "geoip tells what it knows" (finds("2606:4700::1111", { country = "US", city = missing }))
test "geoip knows nothing of other networks" (finds("9.9.9.9", nowhere))
test "geoip does not place private and reserved addresses, whatever the database says" (function(t)
  for _, address in ipairs { "10.1.2.3", "192.168.0.1", "127.0.0.1", "169.254.1.1", "100.64.0.1", "::1", "fe80::1", "fc00::1", "203.0.113.9" } do
    t:identify { ip = address }
    t:enrich "geoip"
    t:expect { traits = nowhere }
  end
end)
test "geoip is not confused by what is no address" (finds("8.8.8.8.example", nowhere))
