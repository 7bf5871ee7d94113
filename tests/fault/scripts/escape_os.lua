-- The clock of the machine.
-- expect: error
-- message: not available
return os.time()
