-- Keeping the event in a global for the next call.
-- expect: error
kept = event return { engagement = kept.properties.n }
