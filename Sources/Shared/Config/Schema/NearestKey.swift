extension ConfigSchema {
  /// The known key or section that an unknown one most probably means; nil when none is near.
  func nearest(to path: String) -> String? {
    let name = lastName(path)
    let section = String(path.dropLast(name.count))
    func distance(_ candidate: String) -> Int { editDistance(name, lastName(candidate)) }
    func isSibling(_ candidate: String) -> Bool {
      candidate.dropLast(lastName(candidate).count) == section[...]
    }
    // The right name in the wrong section is likelier than another name.
    let candidates = paths.map { (path: $0, distance: distance($0), isSibling: isSibling($0)) }
    let limit = max(1, name.utf8.count / 3)
    return candidates.filter { $0.distance <= ($0.isSibling ? limit : 0) }
      .min { ($0.distance, $0.isSibling ? 0 : 1) < ($1.distance, $1.isSibling ? 0 : 1) }?.path
  }
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make
/// one text of the other (optimal string alignment).
func editDistance(_ left: String, _ right: String) -> Int {
  let left = Array(left.utf8.prefix(64))
  let right = Array(right.utf8.prefix(64))
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      var best = min(last[column + 1], current[column]) + 1
      best = min(best, last[column] + (left[row] == right[column] ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
