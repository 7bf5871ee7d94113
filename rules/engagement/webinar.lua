-- Webinars: signing up is easy, staying for twenty minutes is not.
rule "webinar_signup" {
  doc = "Signed up for a webinar",
  group = "webinar",
  on = track "Webinar Registered",
  points = { engagement = 3 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
rule "webinar_attended" {
  doc = "Stayed in a webinar for twenty minutes or more",
  group = "webinar",
  on = track "Webinar Attended" { minutes = at_least(20) },
  points = { engagement = 12 },
  limit = { times = 3, per = "90d" },
  decay = half_life "30d",
}
rule "webinar_question" {
  doc = "Asked a question in a webinar",
  group = "webinar",
  on = track "Webinar Question Asked",
  points = { engagement = 5 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
rule "no_show" {
  doc = "Signed up for a webinar and stayed away",
  group = "webinar",
  on = sequence { track "Webinar Registered", no(track "Webinar Attended"), within = "2d", same = "webinar_id" },
  points = { engagement = -5 },
  limit = { times = 2, per = "90d" },
  decay = half_life "90d",
}
