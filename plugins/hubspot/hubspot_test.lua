local token = { secret = "HUBSPOT_TOKEN" }
local effect = {
  type = "lead.qualified", timestamp = "2026-03-02T09:00:00Z",
  data = {
    sequence = 3, lead = { id = "u-1", kind = "user" }, decision = { from = "lead", to = "mql" },
    profile = { email = "ana@acme.example", first_name = "Ana", company = { name = "Acme" }, seats = 40 },
    standing = { grade = "A1", scores = { fit = 40 } }, brief = { reasons = "Asked for a demo +40" },
  },
}

test "hubspot writes a contact by its address" (function(t)
  t:expect {
    renders = {
      {
        plugin = "hubspot", effect = effect,
        options = {
          token = token, id_property = "embudo_message",
          properties = { embudo_fit = "standing.scores.fit", embudo_why = "brief.reasons", company = "profile.company.name" },
        },
        request = {
          path = "/crm/v3/objects/contacts/batch/upsert", headers = { authorization = { "Bearer ", token } },
          body = {
            inputs = {
              {
                id = "ana@acme.example", idProperty = "email", objectWriteTraceId = "msg_test",
                properties = {
                  email = "ana@acme.example", firstname = "Ana", lastname = missing, company = "Acme", embudo_fit = 40,
                  embudo_why = "Asked for a demo +40", embudo_message = "msg_test",
                },
              },
            },
          },
        },
      },
      { plugin = "hubspot", options = { token = token }, effect = { data = { lead = { id = "u-2" }, profile = {} } } },
      { plugin = "hubspot", options = { token = token }, effect = { data = { lead = { id = "u-3" } } } },
    },
  }
end)

test "what hubspot could not take is tried again, what it finds wrong is not" (function(t)
  local message = "Property \"embudo_fit\" does not exist"
  local function answer(category)
    return { numErrors = 1, results = {}, errors = { { category = category, message = message } } }
  end
  t:expect {
    accepts = {
      { plugin = "hubspot", status = 200, body = { status = "COMPLETE", results = { { id = "1" } } }, is = true },
      { plugin = "hubspot", status = 207, body = answer(nil), is = message, final = false },
      { plugin = "hubspot", status = 207, body = answer "VALIDATION_ERROR", is = message, final = true },
      { plugin = "hubspot", status = 400, body = "", is = "answered 400", final = true },
      { plugin = "hubspot", status = 401, body = "", is = "answered 401", final = false },
      { plugin = "hubspot", status = 503, body = "", is = "answered 503", final = false },
    },
  }
end)
