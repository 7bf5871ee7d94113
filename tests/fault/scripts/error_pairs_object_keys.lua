-- Keys without an order.
-- expect: error
-- message: cannot be walked
for k in pairs({ [{}] = 1 }) do local y = k end
