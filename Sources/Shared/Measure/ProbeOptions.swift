public import Platform

/// How probes leave the host.
public struct ProbeOptions: Sendable, Equatable {
  /// The source address; nil = the kernel's choice.
  public var source: IPAddress?
  /// The interface that they leave by, and alone is listened on (`SO_BINDTODEVICE`).
  public var interface: String?
  /// The firewall mark (`SO_MARK`).
  public var mark: UInt32?
  /// Begin even when the interface or the source address is not there yet: probes fail to be sent
  /// until it is.
  public var waitsForInterface: Bool
  /// Take the kernel's time at which a probe went to the device where it tells that, so that the
  /// host's own delay is no part of the latency.
  public var usesTransmitStamps: Bool
  /// How many probes may be under way at once: rounded up to a power of two, at most 65 536.
  public var maximumInFlight: Int

  public init(
    source: IPAddress? = nil, interface: String? = nil, mark: UInt32? = nil,
    waitsForInterface: Bool = false, usesTransmitStamps: Bool = true, maximumInFlight: Int = 1024
  ) {
    self.source = source
    self.interface = interface
    self.mark = mark
    self.waitsForInterface = waitsForInterface
    self.usesTransmitStamps = usesTransmitStamps
    self.maximumInFlight = maximumInFlight
  }

  /// Whether a socket belongs to something that may go and come back as another.
  var isBound: Bool { source != nil || interface != nil }
}
