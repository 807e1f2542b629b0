/// The version of all tools, as `--version` tells it.
public let wanctlVersion = "0.1.0"
