import ArgumentParser

@main struct WanctlPing: ParsableCommand {}
