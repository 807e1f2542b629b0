import Foundation
import TestSupport

/// A small authority and the certificates that it signed, made by openssl(1).
struct Certificates: Sendable {
  let folder: URL
  /// `sha256//…` of the server's key, as openssl counts it.
  private(set) var pin = ""

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static let shared: Result<Certificates, any Error> = Result { try Certificates() }

  private init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "wanctl-certificates-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write("good.ext", "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    try write("other.ext", "subjectAltName=DNS:other.example\n")
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for authority in ["ca", "stranger"] {
      try openssl(
        ["req", "-x509", "-days", "30", "-subj", "/CN=\(authority)"] + key
          + ["-keyout", "\(authority).key", "-out", "\(authority).pem"])
    }
    try openssl(
      ["req", "-subj", "/O=Home/CN=router"] + key + ["-keyout", "server.key", "-out", "server.csr"])
    for (name, authority, days, names) in [
      ("good", "ca", "30", "good"), ("expired", "ca", "-1", "good"),
      ("unknown", "stranger", "30", "good"), ("othername", "ca", "30", "other"),
    ] {
      try openssl([
        "x509", "-req", "-in", "server.csr", "-CA", "\(authority).pem", "-CAkey",
        "\(authority).key", "-set_serial", "7", "-days", days, "-extfile", "\(names).ext",
        "-out", "\(name).pem",
      ])
    }
    let answer = TestServer.reply(200, #"{"name":"MikroTik"}"#)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("rest/system"), withIntermediateDirectories: true)
    try Data(answer).write(to: folder.appendingPathComponent("rest/system/identity"))
    try openssl(["pkey", "-in", "server.key", "-pubout", "-outform", "der", "-out", "server.spki"])
    try openssl(["dgst", "-sha256", "-binary", "-out", "server.hash", "server.spki"])
    let hash = try Data(contentsOf: folder.appendingPathComponent("server.hash"))
    pin = "sha256//" + hash.base64EncodedString()
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  @discardableResult
  func openssl(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CocoaError(.executableLoad, userInfo: ["arguments": arguments])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// A real TLS server (`openssl s_server`) that knows the router's identity and nothing else.
final class TLSServer {
  let port: Int
  private let process = Process()

  init(_ arguments: [String], in certificates: Certificates) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-HTTP"] + arguments
    process.currentDirectoryURL = certificates.folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = Pipe()
    try process.run()
    var text = ""
    var found: Int?
    while found == nil {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw CocoaError(.executableLoad) }
      text += String(decoding: data, as: UTF8.self)
      found = text.firstMatch(of: /ACCEPT [^ \n]*:([0-9]+)\n/).flatMap { Int($0.output.1) }
    }
    port = found!
  }

  convenience init(certificate: String, in certificates: Certificates) throws {
    try self.init(
      ["-cert", "\(certificate).pem", "-key", "server.key", "-tls1_2"], in: certificates)
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
