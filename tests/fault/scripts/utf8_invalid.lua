-- Invalid UTF-8 in every function.
-- expect: error
-- message: invalid UTF-8 code
for _, c in utf8.codes("\xff\xfe") do local y = c end
