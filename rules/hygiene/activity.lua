-- What breaks a silence: things the lead did. Mail that we sent, or that a machine opened, is our doing.
activity {
  page {},
  screen {},
  track(none_of {
    "Email Sent", "Email Delivered", "Email Opened", "Email Bounced", "Call Attempted", "Lead Imported",
    "Deal Won", "Deal Lost",
  }),
}
