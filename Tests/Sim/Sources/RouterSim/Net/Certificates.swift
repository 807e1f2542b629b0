import NIOSSL

/// How the certificate of the web server is.
enum CertificateMode: String, CaseIterable {
  case valid
  case selfSigned = "self-signed"
  case expired
  case wrongName = "wrong-name"
  /// No certificate: no client that wants one can shake hands.
  case none
  /// A valid certificate, but nothing newer than TLS 1.0.
  case tls10
}

/// A test CA and the certificates that it signs, made by openssl in a directory.
final class Certificates {
  private static let openssl = "/usr/bin/openssl"
  let directory: String
  private var made = 0

  /// Makes the CA.
  init(directory: String) throws {
    self.directory = directory
    try Files.makeDirectory(directory)
    try Files.write(configuration, to: path("openssl.cnf"))
    try Files.write("", to: path("index.txt"))
    try makeAuthority()
  }

  var authorityPath: String { path("ca.pem") }
  private var leafKey: String { path("leaf-\(made).key") }
  private var leaf: String { path("leaf-\(made).pem") }

  /// A new CA; clients that trust the old one trust nothing any more.
  func makeAuthority() throws {
    try run([
      "req", "-x509", "-config", path("openssl.cnf"), "-extensions", "authority", "-days", "3650",
      "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("ca.key"),
      "-out", path("ca.pem"), "-subj", "/CN=RouterSim test CA",
    ])
  }

  /// Makes a new key and certificate and what TLS needs of them. RouterOS knows no TLS 1.3.
  func makeContext(_ mode: CertificateMode) throws -> NIOSSLContext {
    made += 1
    let extensions = mode == .wrongName ? "wrong" : "leaf"
    let key = [
      "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", leafKey,
      "-config", path("openssl.cnf"),
    ]
    if mode == .selfSigned {
      try run(["req", "-x509", "-days", "365", "-extensions", extensions, "-out", leaf] + key)
    } else {
      let end = mode == .expired ? "20200201000000Z" : "20491231235959Z"
      try run(["req", "-new", "-out", path("leaf.csr")] + key)
      try run([
        "ca", "-batch", "-notext", "-config", path("openssl.cnf"), "-cert", path("ca.pem"),
        "-keyfile", path("ca.key"), "-in", path("leaf.csr"), "-out", leaf, "-startdate",
        "20200101000000Z", "-enddate",
        end, "-extensions", extensions,
      ])
    }
    let chain = try NIOSSLCertificate.fromPEMFile(leaf)
    let privateKey = try NIOSSLPrivateKey(file: leafKey, format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = mode == .tls10 ? .tlsv1 : .tlsv12
    configuration.maximumTLSVersion = mode == .tls10 ? .tlsv1 : .tlsv12
    if mode == .none {
      // The key is of an elliptic curve, so there is no cipher in common with anybody.
      configuration.cipherSuiteValues = [.TLS_RSA_WITH_AES_128_GCM_SHA256]
    }
    return try NIOSSLContext(configuration: configuration)
  }

  /// SHA-256 of the public key of the newest certificate, as curl's `sha256//` pins have it.
  func pin() throws -> String {
    try run(["x509", "-in", leaf, "-noout", "-pubkey", "-out", path("pin.pub")])
    try run([
      "pkey", "-pubin", "-in", path("pin.pub"), "-outform", "DER", "-out", path("pin.der"),
    ])
    try run(["dgst", "-sha256", "-binary", "-out", path("pin.sha256"), path("pin.der")])
    return Text.base64Encoded(try Files.read(path("pin.sha256")))
  }

  private func run(_ arguments: [String]) throws {
    try Files.run(Self.openssl, arguments, log: path("openssl.log"))
  }

  private func path(_ name: String) -> String { directory + "/" + name }

  private var configuration: String {
    """
    [ca]
    default_ca = ours
    [ours]
    database = \(path("index.txt"))
    new_certs_dir = \(directory)
    rand_serial = yes
    default_md = sha256
    policy = names
    unique_subject = no
    [names]
    commonName = supplied
    [req]
    distinguished_name = subject
    prompt = no
    [subject]
    CN = RouterSim
    [authority]
    basicConstraints = critical, CA:TRUE
    keyUsage = critical, keyCertSign, cRLSign
    subjectKeyIdentifier = hash
    [leaf]
    basicConstraints = CA:FALSE
    subjectAltName = IP:127.0.0.1, IP:::1, DNS:localhost
    [wrong]
    basicConstraints = CA:FALSE
    subjectAltName = DNS:another-router.example

    """
  }
}
