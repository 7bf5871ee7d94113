-- Points beyond what an integer holds exactly.
-- expect: ok error
return { engagement = 2 ^ 60 }
