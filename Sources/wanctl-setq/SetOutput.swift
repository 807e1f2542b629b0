import Commands
import Glibc
import Model
import Platform
import Router
import Terminal

/// What the tool prints: sentences for people, records for programs.
struct SetOutput {
  var json: Bool
  var isDryRun: Bool

  func tell(_ outcome: LimitSetter.Outcome) throws(SystemError) {
    var record = outcome.record
    if isDryRun, record.applied, outcome.previous != record.maxLimit {
      record.applied = false
      record.confirmed = outcome.previous
    }
    if json { return try write(record) }
    if let error = record.error {
      return CommandEntry.writeRemark("wanctl-setq: \(error)")
    }
    let (old, new) = (outcome.previous, record.maxLimit)
    let took = fixed(record.took?.rawValue ?? 0, digits: 1)
    let text =
      if old == new {
        "\(record.queue): \(old), as it was"
      } else if isDryRun {
        "\(record.queue): \(old), would be set to \(new)"
      } else {
        "\(record.queue): \(old) -> \(new), confirmed in \(took) ms"
      }
    try print(text + "\n")
  }

  func write(_ record: SetRecord) throws(SystemError) {
    try print(Record.set(record).line + "\n")
  }

  func show(
    _ rows: PerDirection<QueueRow>, _ settings: LoopSettings, over used: TransportRecord,
    otherWay: (record: TransportRecord, sentence: String)
  ) throws(SystemError) {
    if json {
      for direction in Direction.allCases {
        let record = QueueRecord(
          time: Clock.wall(), wan: settings.wan.text, row: rows[direction])
        try print(Record.queue(record).line + "\n")
      }
      for way in [used, otherWay.record] { try print(Record.transport(way).line + "\n") }
      return
    }
    var table = Table([
      .init("QUEUE"), .init("MAX-LIMIT", .right), .init("RATE", .right), .init("LEAF"),
      .init("TRANSPORT"),
    ])
    for direction in Direction.allCases {
      let row = rows[direction]
      table.add([
        row.name, row.maxLimit == .zero ? "unlimited" : "\(row.maxLimit)",
        row.rate.map { "\(fixed($0.megabits, digits: 1))M" } ?? "-",
        (row.leaf ?? row.queueType) + (row.isDisabled ? " (disabled)" : "")
          + (row.isInvalid ? " (invalid)" : ""),
        used.transport.rawValue,
      ])
    }
    try print(table.text() + otherWay.sentence + "\n")
  }

  private func print(_ text: String) throws(SystemError) {
    let bytes = Array(text.utf8)
    _ = try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
      try writeAll(buffer, to: STDOUT_FILENO)
    }
  }
}
