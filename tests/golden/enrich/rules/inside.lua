enricher "inside" {
  doc = "Tries what must not be reached", needs = { "email_domain" }, gives = { "x" },
  run = function(_, http)
    http.get "http://169.254.169.254/latest/meta-data/"
    local _, err = http.get("http://[::ffff:127.0.0.1]/", { auth = secret "NONE" })
    error(err)
  end,
}
