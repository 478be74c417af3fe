import FoundationEssentials
import JSON
import YAML

/// Files of the repository that tests read.
enum Samples {
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct Sample: Sendable, CustomStringConvertible {
    let file: String
    let document: JSONValue

    var kind: String { document["kind"]?.string ?? "" }
    var description: String { file }
  }

  /// Every document of every file of `config/samples` that is one of this project's kinds.
  static let all: [Sample] = {
    let folder = repository.appending(path: "config/samples")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return names.sorted().filter { $0.hasSuffix(".yaml") }.flatMap { name -> [Sample] in
      let bytes = (try? Data(contentsOf: folder.appending(path: name))) ?? Data()
      let documents = (try? JSONValue.documents(yaml: Array(bytes))) ?? []
      return documents.filter { $0["apiVersion"]?.string?.hasPrefix("martlet.dev/") == true }
        .map { Sample(file: name, document: $0) }
    }
  }()
}
