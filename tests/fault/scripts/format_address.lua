-- Addresses would differ in every process.
-- expect: error
-- message: invalid conversion
return ("%p"):format({})
