import Model
import Platform
import Router

/// The routers of all WANs: WANs on the same router share its thread, its connection and its
/// budget.
struct RouterGroup {
  /// A WAN's place at its router.
  struct Place: Equatable {
    /// Index of the worker.
    var worker: Int
    /// Index of the WAN among those of the worker.
    var wan: Int
  }

  let workers: [RouterWorker]
  /// Per WAN.
  let places: [Place]

  init(_ settings: [LoopSettings]) throws(SystemError) {
    var members: [[Int]] = []
    var places: [Place] = []
    for (index, wan) in settings.enumerated() {
      let worker = members.firstIndex { settings[$0[0]].router.isSameAccess(as: wan.router) }
      if let worker {
        places.append(Place(worker: worker, wan: members[worker].count))
        members[worker].append(index)
      } else {
        places.append(Place(worker: members.count, wan: 0))
        members.append([index])
      }
    }
    var workers: [RouterWorker] = []
    for wans in members {
      let first = settings[wans[0]]
      workers.append(
        try RouterWorker(
          settings: first.router, wans: wans.map { settings[$0].queues },
          budgetFile: SharedBudget.file(besideLock: first.lockFile, host: first.router.host)))
    }
    self.workers = workers
    self.places = places
  }
}

extension RouterSettings {
  /// Whether both reach the same router in the same way, so that one connection serves both.
  func isSameAccess(as other: RouterSettings) -> Bool {
    host == other.host && port == other.port && user == other.user
      && transport == other.transport && usesTLS == other.usesTLS && password == other.password
      && sshPort == other.sshPort && sshKeyFile == other.sshKeyFile
      && sshPassword == other.sshPassword
  }
}
