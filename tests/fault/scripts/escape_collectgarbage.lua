-- Stopping the collector.
-- expect: error
-- message: not available
collectgarbage("stop")
