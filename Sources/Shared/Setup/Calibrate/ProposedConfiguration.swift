public import Config
import Model

/// A configuration with the numbers of a calibration in place of its own; all else stands as it is,
/// comments too.
public struct ProposedConfiguration: Sendable, Equatable {
  public var path: String
  public var old: String
  public var new: String
  /// Keys that do not stand in the file itself, with the value that would be theirs.
  public var byHand: [String]

  /// - Parameters:
  ///   - text: the content of the file that `current` is about.
  public init(_ text: String, current: ConfigResult, result: CalibrationResult) {
    path = current.path
    old = text
    byHand = []
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let preset = result.preset
    var values: [(String, Double)] = [
      ("continuous_monitoring.baseline_rtt_initial", preset.baseline)
    ]
    func add(_ direction: String, _ queue: LinkPreset.Queue, _ names: [(String, Double)]) {
      let section = "continuous_monitoring.\(direction)."
      values.append((section + "ceiling_mbps", queue.ceiling))
      values += names.map { (section + $0.0, $0.1) }
    }
    if result.measured.contains(.download) {
      add(
        "download", preset.download,
        [
          ("floor_green_mbps", preset.download.floorGreen),
          ("floor_yellow_mbps", preset.download.floorYellow),
          ("floor_soft_red_mbps", preset.download.floorSoftRed),
          ("floor_red_mbps", preset.download.floorRed),
        ])
    }
    if result.measured.contains(.upload) {
      add(
        "upload", preset.upload,
        [
          ("floor_green_mbps", preset.upload.floorGreen),
          ("floor_yellow_mbps", preset.upload.floorYellow),
          ("floor_red_mbps", preset.upload.floorRed),
        ])
    }
    for (key, value) in values {
      let number = decimalText(value)
      guard let place = current.place(ofGiven: key) else {
        // A floor that is not there follows from another key.
        if key.hasSuffix("ceiling_mbps") || !key.contains("floor") {
          byHand.append("\(key): \(number)")
        }
        continue
      }
      guard place.location.file == current.path,
        Self.replace(place.text, with: number, at: place.location, in: &lines)
      else {
        byHand.append("\(key): \(number)")
        continue
      }
    }
    new = lines.joined(separator: "\n")
  }

  private static func replace(
    _ text: String, with new: String, at location: ConfigLocation, in lines: inout [String]
  ) -> Bool {
    guard lines.indices.contains(location.line - 1), !text.isEmpty else { return false }
    var line = lines[location.line - 1].unicodeScalars
    guard
      let start = line.index(
        line.startIndex, offsetBy: location.column - 1, limitedBy: line.endIndex),
      let end = line.index(
        start, offsetBy: text.unicodeScalars.count, limitedBy: line.endIndex),
      String(line[start..<end]) == text
    else { return false }
    line.replaceSubrange(start..<end, with: new.unicodeScalars)
    lines[location.line - 1] = String(line)
    return true
  }

  /// As `diff -u` prints it; empty when nothing differs. Each line has its own in the other version.
  public var difference: String {
    let before = old.split(separator: "\n", omittingEmptySubsequences: false)
    let after = new.split(separator: "\n", omittingEmptySubsequences: false)
    let changed = zip(before, after).enumerated().filter { $0.element.0 != $0.element.1 }
      .map(\.offset)
    guard !changed.isEmpty else { return "" }
    var hunks: [ClosedRange<Int>] = []
    for index in changed {
      let range = max(0, index - 3)...min(before.count - 1, index + 3)
      if let last = hunks.last, range.lowerBound <= last.upperBound + 1 {
        hunks[hunks.count - 1] = last.lowerBound...range.upperBound
      } else {
        hunks.append(range)
      }
    }
    var lines = ["--- \(path)", "+++ \(path)"]
    for hunk in hunks {
      // The text after the last newline is no line.
      let end =
        before[hunk.upperBound].isEmpty && hunk.upperBound == before.count - 1
        ? hunk.upperBound - 1 : hunk.upperBound
      let count = end - hunk.lowerBound + 1
      lines.append("@@ -\(hunk.lowerBound + 1),\(count) +\(hunk.lowerBound + 1),\(count) @@")
      var index = hunk.lowerBound
      while index <= end {
        guard before[index] != after[index] else {
          lines.append(" \(before[index])")
          index += 1
          continue
        }
        let start = index
        while index <= end, before[index] != after[index] { index += 1 }
        lines += before[start..<index].map { "-\($0)" } + after[start..<index].map { "+\($0)" }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
