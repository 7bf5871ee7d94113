-- Bytecode by way of a method.
-- expect: error
-- message: not available
return ("x").dump
