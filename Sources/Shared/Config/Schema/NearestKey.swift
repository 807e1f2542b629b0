extension ConfigSchema {
  /// The known key or section that an unknown one most probably means; nil when none is near.
  func nearest(to path: String) -> String? {
    let name = lastName(path)
    let section = path.dropLast(name.count)
    let length = name.utf8.count
    let limit = max(1, length / 3)
    var nearest: (path: String, distance: Int)?
    for candidate in paths {
      let other = lastName(candidate)
      let isSibling = candidate.dropLast(other.count) == section
      // In another section only the same name counts, and it is likelier than another name here.
      guard isSibling ? abs(other.utf8.count - length) <= limit : other == name else { continue }
      let distance = editDistance(name, other)
      if distance <= limit, distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
    }
    return nearest?.path
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
