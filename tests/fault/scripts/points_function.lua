-- A function as the answer.
-- expect: ok error
return function() return { engagement = 1 } end
