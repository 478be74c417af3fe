/// How a router sends copies of requests to another revision.
///
/// HAProxy does not mirror by itself; a Lua action does, with its HTTP client (since 2.6). Copies go back to the router, to
/// a frontend of their own, so that it counts their answers as it counts those that users get. Nothing waits for them.
enum RouterMirror {
  static let port = 8407
  static let file = "mirror.lua"
  /// The header by which a server can tell a copy, which it may not want to act upon.
  static let header = "X-Martlet-Shadow"
  static let tokenHeader = "X-Martlet-Token"
  /// So large may a request be, its header included, that it is copied: it must fit into one buffer.
  static let bufferBytes = 262_144
  /// So many copies may be under way; requests beyond that are not copied, so that a slow revision costs no memory.
  static let limit = 100

  /// - Parameter wait: how long an answer may take, in seconds.
  static func program(wait: Int64) -> String {
    """
    -- Sends a copy of a request to the frontend for copies, and forgets the answer.
    local address = os.getenv("POD_IP")
    if address:find(":", 1, true) then address = "[" .. address .. "]" end
    local token = os.getenv("\(RouterConfiguration.tokenVariable)")
    local flying = 0

    core.register_action("mirror", {"http-req"}, function(txn)
      local size = txn.f:req_body_size()
      local headers = {}
      for name, values in pairs(txn.http:req_get_headers()) do
        local kept = {}
        for _, value in pairs(values) do table.insert(kept, value) end
        headers[name] = kept
      end
      -- A body that did not fit into the buffer would be copied in part, and one without a length may go on.
      if flying >= \(limit) or size > txn.f:req_body_len() or (size > 0 and not headers["content-length"]) then return end
      for _, name in ipairs({"connection", "transfer-encoding", "expect", "upgrade"}) do headers[name] = nil end
      headers["x-forwarded-for"] = headers["x-forwarded-for"] or {txn.f:src()}
      headers["\(header.lowercased())"] = {txn:get_var("txn.mirror")}
      headers["\(tokenHeader.lowercased())"] = {token}
      if size > 0 then headers["content-length"] = {tostring(size)} end
      local request = {
        url = "http://" .. address .. ":\(port)" .. txn.f:pathq(), headers = headers, timeout = \(wait * 1000)
      }
      if size > 0 then request.body = txn.f:req_body() end
      local method = txn.f:method():lower()
      flying = flying + 1
      core.register_task(function()
        local client = core.httpclient()
        if client[method] then pcall(client[method], client, request) end
        flying = flying - 1
      end)
    end, 0)

    """
  }
}
