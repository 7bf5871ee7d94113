-- Hand-offs: what leaves embudo, and where to.
return {
  {
    name = "secret", kind = "secret", arity = { 1, 1 }, form = 'secret "NAME"',
    doc = "A value of the settings' `secrets:` that a rule file may use and never see: it is put in place when a "
      .. "request is sent. A name is letters, digits and _. It is no text: it cannot be joined, compared, printed or "
      .. "put into a body, and stands in no log, journal or answer.",
    example = 'headers = { authorization = secret "CRM_TOKEN" }',
  },
}
