-- Chance.
-- expect: error
-- message: chance
return math.random()
