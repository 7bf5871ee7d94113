-- The profile rules of ../mixed as Lua functions; its table of company sizes becomes four of them.
local function has_word(title, words)
  if type(title) ~= "string" then return false end
  for word in title:lower():gmatch("%a+") do
    if words[word] then return true end
  end
  return false
end
local SENIOR = { ceo = true, cto = true, head = true, directora = true, director = true, jefe = true }
local STUDENT = { student = true }
local COUNTRIES = { ES = true, MX = true, PT = true }
local INDUSTRIES = { software = true, manufacturing = true, logistics = true }
local FREE = { ["gmail.com"] = true, ["yahoo.com"] = true }
local pages = page {}

local function employs(low, high)
  return function(lead)
    local company = lead.traits.company
    local employees = company and company.employees
    return employees ~= nil and employees >= low and employees <= high
  end
end

rule "senior"  { when = function(lead) return has_word(lead.traits.title, SENIOR) end, points = { fit = 20 } }
rule "student" { when = function(lead) return has_word(lead.traits.title, STUDENT) end, points = { fit = -30 } }
rule "employees_huge"   { when = employs(5000, math.huge), points = { fit = 10 } }
rule "employees_large"  { when = employs(200, 4999), points = { fit = 30 } }
rule "employees_medium" { when = employs(50, 199), points = { fit = 20 } }
rule "employees_small"  { when = employs(0, 49), points = { fit = -10 } }
rule "country"   { when = function(lead) return COUNTRIES[lead.traits.country] == true end, points = { fit = 10 } }
rule "industry" {
  when = function(lead)
    local company = lead.traits.company
    return company ~= nil and INDUSTRIES[company.industry] == true
  end,
  points = { fit = 15 },
}
rule "free_mail" { when = function(lead) return FREE[lead.traits.email_domain] == true end, points = { fit = -15 } }
rule "busy_week" { when = function(lead) return lead.count(pages, "7d") >= 5 end, points = { engagement = 10 } }
