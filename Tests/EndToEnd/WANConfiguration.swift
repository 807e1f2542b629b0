import Foundation

/// The configuration of a WAN on a simulated router, as a file.
struct WANConfiguration {
  /// Which of the router's WANs it is, from 1 on.
  var wan = 1
  /// Keys and values of the section `router`, in addition to the host.
  var router: [(key: String, value: String)] = []
  var download = """
    {ceiling_mbps: 940, floor_green_mbps: 550, floor_yellow_mbps: 350, floor_soft_red_mbps: 275,
         floor_red_mbps: 100, step_up_mbps: 10, factor_down: 0.85}
    """
  var upload = "{ceiling_mbps: 38, floor_mbps: 8, step_up_mbps: 1, factor_down: 0.9}"
  /// Whole lines that the file has in addition.
  var extra = ""

  /// Writes the file, and tells where it is.
  func write(to folder: URL) throws -> String {
    let file = folder.appending(path: "wan\(wan).yaml")
    try text(folder).write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  private func text(_ folder: URL) -> String {
    """
    wan_name: wan\(wan)
    router:
      host: 127.0.0.1
    \(router.map { "  \($0.key): \($0.value)" }.joined(separator: "\n"))
    queues: {download: WAN-Download-\(wan), upload: WAN-Upload-\(wan)}
    continuous_monitoring:
      enabled: true
      baseline_rtt_initial: 24
      download:
        \(download)
      upload:
        \(upload)
      thresholds:
        {target_bloat_ms: 15, warn_bloat_ms: 45, hard_red_bloat_ms: 80, alpha_baseline: 0.02,
         alpha_load: 0.2}
      ping_hosts: [127.0.0.1]
      fallback_checks: {check_gateway: false, check_tcp: false}
    logging: {main_log: \(folder.path)/wan\(wan).log, debug_log: \(folder.path)/wan\(wan)_debug.log}
    lock_file: \(folder.path)/wan\(wan).lock
    lock_timeout: 300
    health_check: {port: 0}
    \(extra)
    """
  }
}
