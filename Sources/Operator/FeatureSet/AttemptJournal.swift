import CRDTypes
import Observability
import Planning
import Threads

/// What materialisations did that status does not tell of yet. Lost with the process, which only repeats them.
final class AttemptJournal: Sendable {
  private let attempts = Locked<[ObjectKey: FeatureSetObservation.Attempt]>([:])

  func attempt(of key: ObjectKey) -> FeatureSetObservation.Attempt? { attempts.withLock { $0[key] } }

  func note(_ attempt: FeatureSetObservation.Attempt, of key: ObjectKey) { attempts.withLock { $0[key] = attempt } }

  /// Forgets an attempt that status tells of, unless another has come since.
  func settle(_ attempt: FeatureSetObservation.Attempt?, of key: ObjectKey) {
    attempts.withLock { attempts in
      if attempts[key] == attempt { attempts[key] = nil }
    }
  }

  func forget(_ key: ObjectKey) { attempts.withLock { $0[key] = nil } }
}
