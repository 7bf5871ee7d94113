-- Writing into the lead.
-- expect: error
lead.scores.engagement = 1000
