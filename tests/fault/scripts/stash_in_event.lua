-- Keeping one view in another.
-- expect: error
event.lead = lead return { engagement = 1 }
