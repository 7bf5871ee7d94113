-- What is told to whoever takes a lead over: the last pages, documents and webinars.
content {
  page {},
  screen {},
  track(
    one_of { "Content Downloaded", "Webinar Registered", "Webinar Attended", "Webinar Question Asked", "Event Booth Visited" }
      | glob "Video *"
  ),
}
