import Config
import Foundation

/// A complete steering configuration without any finding.
let validSteering = """
  wan_name: steering
  topology:
    primary_wan: wan1
    primary_wan_config: ""
    alternate_wan: wan2
  router:
    host: 192.168.55.1
    user: wanctl
    ssh_key: ""
    password: ${ROUTER_PASSWORD}
  mangle_rule:
    comment: "ADAPTIVE: Steer latency-sensitive to WAN2"
  cake_state_sources:
    primary: /run/wanctl/wan1_state.json
  cake_queues:
    primary_download: WAN-Download-1
    primary_upload: WAN-Upload-1
  measurement:
    interval_seconds: 0.5
    ping_host: 1.1.1.1
    ping_count: 1
  thresholds:
    red_samples_required: 4
    green_samples_required: 30
  state:
    file: /var/lib/wanctl/steering_state.json
    history_size: 240
  logging:
    main_log: /var/log/wanctl/steering.log
    debug_log: /var/log/wanctl/steering_debug.log
  lock_file: /run/wanctl/steering.lock
  lock_timeout: 60
  """

/// The same with one text replaced.
func editedSteering(_ old: String, _ new: String) -> String {
  precondition(validSteering.contains(old), "\(old) is not in the fixture")
  return validSteering.replacing(old, with: new, maxReplacements: 1)
}

func loadSteering(
  _ text: String, environment: [String: String] = testEnvironment
) -> SteeringConfigResult {
  SteeringConfigFile.load(text: text.utf8, path: "steering.yaml", environment: environment)
}
