import Glibc

/// Calls on sockets that more than one layer makes. Each names in its error what it was about.
public enum Socket {
  /// A new socket that does not block and is not inherited by children.
  public static func open(
    _ family: CInt, type: CInt, protocol number: CInt
  ) throws(SystemError) -> FileDescriptor {
    let flags = CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    return FileDescriptor(
      owning: try systemCall("socket") { Glibc.socket(family, type | flags, number) })
  }

  /// `setsockopt` with a number.
  ///
  /// - Parameter name: the option's C name, for the error.
  public static func set(
    _ descriptor: CInt, _ level: CInt, _ option: CInt, to value: CInt,
    name: @autoclosure () -> String
  ) throws(SystemError) {
    var value = value
    try systemCall("setsockopt \(name())") {
      setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }
  }

  /// `SO_BINDTODEVICE`: send by and receive from this interface only.
  public static func bind(_ descriptor: CInt, toInterface name: String) throws(SystemError) {
    try systemCall("setsockopt SO_BINDTODEVICE \(name)") {
      setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.utf8.count))
    }
  }

  /// Gives the socket its own address; port 0 = the kernel's choice.
  public static func bind(
    _ descriptor: CInt, to address: SocketAddress
  ) throws(SystemError) {
    try systemCall("bind \(address)") {
      address.withSockaddr { Glibc.bind(descriptor, $0, $1) }
    }
  }

  /// The socket's own address, as the kernel has it.
  public static func localAddress(_ descriptor: CInt) throws(SystemError) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    try systemCall("getsockname") {
      withUnsafeMutableBytes(of: &storage) {
        $0.withMemoryRebound(to: sockaddr.self) {
          getsockname(descriptor, $0.baseAddress!, &length)
        }
      }
    }
    return SocketAddress(storage)
  }

  /// Why a connection could not be made (`SO_ERROR`); 0 when there is nothing to tell. Reading it
  /// clears it.
  public static func pendingError(_ descriptor: CInt) throws(SystemError) -> CInt {
    var code: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    try systemCall("getsockopt SO_ERROR") {
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
    }
    return code
  }
}
