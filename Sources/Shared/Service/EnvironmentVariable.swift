import Glibc

/// The environment that the process was started with.
public enum EnvironmentVariable {
  /// The value of `name`; nil when it is not set. Nothing of ours changes the environment, so that
  /// reading it is safe from every thread.
  public static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
