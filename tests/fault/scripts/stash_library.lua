-- Keeping the event in a library table.
-- expect: error
string.kept = event return { engagement = 1 }
