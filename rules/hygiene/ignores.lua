-- Who and what does not count at all. The events stay in the log, but have no score, no stage, and no place in a list or
-- a denominator.
ignore "own_staff"      { doc = "Us", when = trait { email_domain = listed "own_domains" } }
ignore "test_addresses" { doc = "Made up for a test", when = trait { email = glob "*+test@*" | ends "@example.com" | starts "test@" } }
ignore "bots" {
  doc = "Programs that read the web site",
  on = any_event { ["context.userAgent"] = matches "(?i)bot\\b|crawler|spider|headless|lighthouse|monitoring" },
}
ignore "monitoring_network" {
  doc = "Our own monitoring",
  on = any_event { ["context.ip"] = cidr { "203.0.113.0/24", "2001:db8::/32" } },
}
