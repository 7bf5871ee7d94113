-- What they read. Content behind a form says more than the blog, and the newsletter says next to nothing.
rule "gated_download" {
  doc = "Left their details for a guide",
  group = "content",
  on = track "Content Downloaded" { gated = true },
  points = { engagement = 8 },
  limit = { times = 3, per = "30d" },
  decay = half_life "30d",
}
rule "case_study" {
  doc = "Read how another customer did it",
  group = "content",
  on = page { path = glob "/customers/*" | glob "/clientes/*" },
  points = { engagement = 5 },
  limit = { times = 3, per = "30d" },
  decay = half_life "30d",
}
rule "blog_post" {
  doc = "Read the blog",
  group = "content",
  on = page { path = glob "/blog/*" },
  points = { engagement = 1 },
  limit = { times = 5, per = "30d" },
  decay = half_life "14d",
}
rule "newsletter" {
  doc = "Takes the newsletter",
  group = "content",
  on = track "Newsletter Subscribed",
  points = { engagement = 2 },
  limit = { times = 1 },
}
rule "download_spree" {
  doc = "Took six documents in a day: collects more than they read",
  group = "content",
  when = seen(track "Content Downloaded", { times = 6, within = "1d" }),
  points = { engagement = -10 },
}
