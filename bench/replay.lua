-- wrk replays a file of requests (bench/load.py writes it) and says in one line of JSON what came of them.
local requests, index = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, target, body, authorization, key = line:match("^(%S+)\t(%S+)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = { ["Authorization"] = authorization }
    if key ~= "" then headers["Idempotency-Key"] = key end
    if body ~= "" then headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, target, headers, body ~= "" and body or nil)
  end
end

function request()
  index = index % #requests + 1
  return requests[index]
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\nJSON {"requests": %d, "us": %d, "p50": %d, "p99": %d, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    failed.status + failed.connect + failed.read + failed.write + failed.timeout))
end
