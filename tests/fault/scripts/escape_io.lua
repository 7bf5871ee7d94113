-- Files.
-- expect: error
-- message: not available
return io.open("/etc/passwd")
