import CPostgres

/// What libpq's results say, as values.
enum ServerReply {
  /// The rows of a result that is no error.
  static func rows(_ result: OpaquePointer) -> Rows {
    let width = Int(PQnfields(result))
    let count = Int(PQntuples(result))
    var columns: [Rows.Column] = []
    for index in 0..<Int32(width) {
      let name = PQfname(result, index).map { String(cString: $0) } ?? ""
      columns.append(
        Rows.Column(name: name, type: PQftype(result, index), isBinary: PQfformat(result, index) == 1))
    }
    var bytes: [UInt8] = []
    var starts: [Int] = []
    var nulls: [Bool] = []
    starts.reserveCapacity(count * width + 1)
    nulls.reserveCapacity(count * width)
    for row in 0..<Int32(count) {
      for column in 0..<Int32(width) {
        starts.append(bytes.count)
        nulls.append(PQgetisnull(result, row, column) == 1)
        if let start = PQgetvalue(result, row, column) {
          bytes.append(
            contentsOf: UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))))
        }
      }
    }
    starts.append(bytes.count)
    let affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    return Rows(
      storage: Rows.Storage(columns: columns, bytes: bytes, starts: starts, nulls: nulls), count: count,
      affected: affected)
  }

  /// The error that a result is, or nil.
  static func error(_ result: OpaquePointer) -> PostgresError? {
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return nil
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      return PostgresError(.other, "COPY is not supported on this connection")
    default: break
    }
    // The letters are PG_DIAG_* of postgres_ext.h, which are character constants and so do not import.
    func field(_ letter: Unicode.Scalar) -> String? {
      PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
    }
    let state = field("C")
    let whole = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
    return PostgresError(
      state.map(PostgresError.Code.of(sqlState:)) ?? .connectionLost, field("M") ?? singleLine(whole), sqlState: state,
      detail: field("D"), hint: field("H"), table: field("t"), column: field("c"), constraint: field("n"))
  }

  /// The error of a connection that could not be made.
  static func connectError(_ message: String, place: PostgresConfiguration) -> PostgresError {
    let lines = message.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
    var text = singleLine(lines.joined(separator: "\n"))
    var state: String?
    for word in text.split(separator: " ") where word.count == 6 && word.hasSuffix(":") {
      let code = word.dropLast()
      guard code.allSatisfy({ ($0.isASCII && $0.isUppercase) || $0.isNumber }), code.contains(where: \.isNumber) else {
        continue
      }
      state = String(code)
      text = text.split(separator: " ").filter { $0 != word }.joined(separator: " ")
      break
    }
    text = place.redacted(text)
    let code: PostgresError.Code
    if let state {
      code = PostgresError.Code.of(sqlState: state)
      if code == .authenticationFailed, text.contains("no encryption") || text.contains("SSL off") {
        return PostgresError(
          .tls, "\(place): \(text)", sqlState: state, hint: "the server wants TLS: use sslmode=require or stricter")
      }
    } else if text.contains("no password supplied") || text.contains("authentication") {
      code = .authenticationFailed
    } else if text.contains("SSL") || text.contains("certificate") {
      code = .tls
    } else {
      code = .unreachable
    }
    return PostgresError(code, "\(place): \(text)", sqlState: state)
  }

  static func singleLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline)
      .map { line in
        let start = line.firstIndex { !$0.isWhitespace } ?? line.endIndex
        return String(line[start...])
      }
      .joined(separator: "; ")
  }
}
