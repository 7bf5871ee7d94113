-- Writing into a trait.
-- expect: error
lead.traits.title = "CEO"
