import Model

/// Connections that break, and answers that never come whole.
extension WriteFault {
  private static let patch = #""match":{"method":"PATCH"}"#
  private static let line = #""match":{"service":"ssh","body":"tree set"}"#

  static let connections: [WriteFault] =
    [
      WriteFault(
        "T1", .rest, "the port is closed", #""args":{"service":"www-ssl"}"#,
        .connectionRefused, .notDone, pause: 1, reconnects: true, alone: "read, write",
        together: "SSH read, SSH write"),
      WriteFault(
        "T1", .ssh, "the port is closed", #""args":{"service":"ssh"}"#,
        .connectionRefused, .notDone, pause: 1, reconnects: true, alone: "read, write",
        together: "REST read, REST write"),
      WriteFault(
        "T2", .rest, "no answer", patch, after: .hurried,
        .timeout, .unknown, pause: 2.5, reconnects: true, alone: "write (no answer), read, write",
        together: "write (no answer), SSH read, SSH write"),
      WriteFault(
        "T2", .rest, "no answer, but done", patch + #","args":{"applied":true}"#, after: .hurried,
        .timeout, .unknown, pause: 2.5, reconnects: true, alone: "write (no answer), read",
        together: "write (no answer), SSH read"),
      WriteFault(
        "T2", .rest, "nobody accepts connections, and those that are there are silent",
        #""args":{"service":"www-ssl","stage":"syn"}"#, after: .hurried,
        .timeout, .unknown, pause: 2.5, reconnects: true, alone: "read, write",
        together: "SSH read, SSH write"),
      WriteFault(
        "T2", .ssh, "no answer", line, after: .hurried,
        .timeout, .unknown, pause: 1, reconnects: true, alone: "write (no answer), read, write",
        together: "write (no answer), REST read, REST write"),
      WriteFault(
        "T3", .rest, "a reset in place of the answer, on a new connection", patch,
        after: .loggedOut,
        .reset, .unknown, reconnects: true, alone: "write (reset), read"),
      WriteFault(
        "T3", .rest, "the same, and nothing done", patch + #","args":{"applied":false}"#,
        after: .loggedOut,
        .reset, .unknown, reconnects: true, alone: "write (reset), read, write"),
      WriteFault(
        "T3", .rest, "a reset in place of the answer, on a used connection (as T4)", patch,
        reconnects: true, unnoticed: "write (reset), write"),
      WriteFault(
        "T3", .ssh, "a reset in place of the answer", line,
        .reset, .unknown, reconnects: true, alone: "write (reset), read"),
      WriteFault(
        "T4", .rest, "the idle connection ends as it is used", patch,
        reconnects: true, unnoticed: "write (closed), write"),
      WriteFault(
        "T4", .rest, "the idle connection is reset as it is used",
        patch + #","args":{"how":"rst"}"#,
        reconnects: true, unnoticed: "write (reset), write"),
      WriteFault(
        "T4", .ssh, "the connection ends when it has brought the command", line,
        .reset, .unknown, reconnects: true, alone: "write (closed), read, write"),
      WriteFault(
        "T5", .rest, "the answer ends early, and the connection", patch + #","args":{"bytes":10}"#,
        .reset, .unknown, reconnects: true, alone: "write (cut), read"),
      WriteFault(
        "T5", .ssh, "the answer ends early, and the connection", line + #","args":{"bytes":3}"#,
        .reset, .unknown, reconnects: true, alone: "write (cut), read"),
      WriteFault(
        "T6", .rest, "the answer drips", patch + #","args":{"bytes":1,"ms":100}"#, after: .hurried,
        .timeout, .unknown, pause: 2.5, reconnects: true, alone: "write (no answer), read",
        together: "write (no answer), SSH read"),
      WriteFault(
        "T6", .ssh, "the answer drips", line + #","args":{"bytes":1,"ms":1000}"#, after: .hurried,
        .timeout, .unknown, pause: 1, reconnects: true, alone: "write (no answer), read",
        together: "write (no answer), REST read"),
    ] + nonsense + [
      WriteFault("T8", .rest, "40 ms more for an answer", patch, unnoticed: "write"),
      WriteFault("T8", .ssh, "40 ms more for an answer", line, unnoticed: "write"),
    ]

  private static let nonsense = [
    ("json", "200 with half a JSON"), ("empty", "200 with nothing"), ("html", "200 with HTML"),
    ("nul", "200 with NUL bytes"), ("huge", "200 with 10 MB"),
  ].map { kind, words in
    WriteFault(
      "T7", .rest, words, patch + #","args":{"kind":"\#(kind)"}"#,
      .protocolError, .unknown, pause: 1, reconnects: true,
      alone: "write, read", together: "write, SSH read")
  }

  /// Whom the router proves to be.
  static let proofs: [WriteFault] =
    [
      ("expired", "an expired certificate"), ("wrong-name", "a certificate of another name"),
      ("self-signed", "a certificate of nobody known"), ("none", "no certificate"),
      ("tls10", "TLS 1.0 only"),
    ].map { certificate, words in
      WriteFault(
        "L1", .rest, words, #""args":{"certificate":"\#(certificate)"}"#,
        .tls, .notDone, pause: 1, reconnects: true, alone: "read, write",
        together: "SSH read, SSH write")
    } + [
      WriteFault(
        "L2", .rest, "another certificate of the same authority", reconnects: true,
        unnoticed: "write"),
      WriteFault(
        "S2", .ssh, "another host key", #""args":{"type":"ed25519"}"#,
        .tls, .notDone, pause: 1, reconnects: true, alone: "read, write",
        together: "REST read, REST write"),
      WriteFault(
        "S6", .ssh, "no algorithm in common", after: .loggedOut,
        .tls, .notDone, pause: 1, reconnects: true, alone: "read, write",
        together: "REST read, REST write"),
    ]
}
