import Model

/// Routers that answer, but not with what was asked for.
extension WriteFault {
  private static let patch = #""match":{"method":"PATCH"}"#
  private static let line = #""match":{"service":"ssh","body":"tree set"}"#

  /// To the user.
  static let logins: [WriteFault] =
    [
      WriteFault(
        "A1", .rest, "401 from now on", #""count":0"#,
        .authFailure, .notDone, pause: 1, reconnects: false, alone: "write (401), read, write",
        together: "write (401), SSH read, SSH write"),
      WriteFault(
        "A2", .rest, "no policy `write`", patch,
        .permission, .unknown, pause: 1, reconnects: false, alone: "write (400), read, write"),
      WriteFault(
        "A2", .rest, "no policy `api`", patch + #","args":{"kind":"api"}"#,
        .permission, .unknown, pause: 1, reconnects: false, alone: "write (500), read, write"),
      WriteFault(
        "A2", .ssh, "no policy `write`", line,
        .permission, .notDone, pause: 1, reconnects: false, alone: "write, read, write"),
      WriteFault(
        "A3", .rest, "REST is switched off", #""count":0"#,
        .serviceOff, .notDone, pause: 1, reconnects: false, alone: "write (403), read, write",
        together: "write (403), SSH read, SSH write"),
    ]
    + [
      ("all", "the login is refused"), ("key", "the key is refused"),
      ("password", "a password is asked for"),
    ].map { kind, words in
      WriteFault(
        "S1", .ssh, words, #""count":0,"args":{"kind":"\#(kind)"}"#, after: .loggedOut,
        .authFailure, .notDone, pause: 1, reconnects: true, alone: "read, write",
        together: "REST read, REST write")
    }

  /// To the request.
  static let answers: [WriteFault] =
    [
      "unknown parameter max-limit", "invalid value for argument max-limit",
      "value of max-limit out of range (0..1)", "input does not match any value of queue",
      "failure: no room",
    ].map { detail in
      WriteFault(
        "E1", .rest, "400 `\(detail)`", patch + #","args":{"detail":"\#(detail)"}"#,
        .rejected, .unknown, pause: 1, reconnects: false, alone: "write (400), read, write")
    } + [
      WriteFault(
        "E1", .rest, "400 `no such command or directory (WAN-Download-1)`",
        patch + #","args":{"detail":"no such command or directory (WAN-Download-1)"}"#,
        unnoticed: "write (400), look-up, write"),
      WriteFault(
        "E1", .ssh, "`failure: no room`", line + #","args":{"detail":"failure: no room"}"#,
        .rejected, .unknown, pause: 1, reconnects: false, alone: "write, read, write"),
      WriteFault(
        "E2", .rest, "the queue was made anew", patch, unnoticed: "write (404), look-up, write"),
      WriteFault("E2", .ssh, "the queue was made anew", line, unnoticed: "write"),
      WriteFault(
        "E3", .rest, "200, but the limit is what it was", patch, unnoticed: "write, look-up, write"),
      WriteFault(
        "E3", .rest, "200, but the limit is what it was, twice", patch + #","count":2"#,
        .verifyMismatch, .unknown, pause: 1, reconnects: false,
        alone: "write, look-up, write, read, write"),
      WriteFault(
        "E4", .rest, "the id is that of another queue now",
        patch + #","args":{"queue":"WAN-Download-1","with":"WAN-Upload-2"}"#,
        reconnects: true, unnoticed: "write, look-up, write"),
      WriteFault(
        "E5", .rest, "400, but done", patch,
        .rejected, .unknown, reconnects: false, alone: "write (400), read"),
      WriteFault(
        "E5", .ssh, "an error text, but done", line,
        .rejected, .unknown, reconnects: false, alone: "write, read"),
      WriteFault(
        "E6", .rest, "415", patch,
        .protocolError, .unknown, pause: 1, reconnects: true, alone: "write (415), read, write",
        together: "write (415), SSH read, SSH write"),
      WriteFault(
        "Q1", .rest, "another request of the same user takes 0.3 s",
        patch + #","args":{"user":"wanctl-rate","ms":300}"#, unnoticed: "write"),
      WriteFault(
        "Q2", .rest, "400 `Session closed`", patch,
        .busy, .unknown, pause: 0.2, reconnects: true, alone: "write (400), read, write"),
      WriteFault(
        "S3", .ssh, "an error text, and status 0", line,
        .rejected, .unknown, pause: 1, reconnects: false, alone: "write, read, write"),
      WriteFault(
        "S3", .ssh, "`action timed out`", line + #","args":{"text":"action timed out"}"#,
        .busy, .unknown, pause: 0.2, reconnects: false, alone: "write, read, write"),
      WriteFault(
        "S4", .ssh, "the output has no end", line, after: .hurried,
        .timeout, .unknown, pause: 1, reconnects: true, alone: "write (no answer), read",
        together: "write (no answer), REST read"),
      WriteFault(
        "S4", .ssh, "the command ends without a status", line + #","args":{"kind":"no-status"}"#,
        .reset, .unknown, reconnects: true, alone: "write, read"),
      WriteFault(
        "S5", .ssh, "no error, but the limit is what it was", line, unnoticed: "write, write"),
      WriteFault(
        "S5", .ssh, "no error, but the limit is what it was, twice", line + #","count":2"#,
        .verifyMismatch, .unknown, pause: 1, reconnects: false, alone: "write, write, read, write"),
      WriteFault(
        "S7", .ssh, "the output comes byte by byte, without line ends", line, unnoticed: "write"),
    ]
}
