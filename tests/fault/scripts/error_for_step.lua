-- A step of zero.
-- expect: error
-- message: 'for' step is zero
for i = 1, 2, 0 do local y = i end
