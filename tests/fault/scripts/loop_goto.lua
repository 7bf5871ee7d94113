-- goto in a circle.
-- expect: fuel
::again:: goto again
