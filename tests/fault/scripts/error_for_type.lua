-- A limit that is no number.
-- expect: error
-- message: 'for' limit
for i = 1, {} do local y = i end
