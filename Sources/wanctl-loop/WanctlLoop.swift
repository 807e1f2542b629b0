import ArgumentParser

@main struct WanctlLoop: ParsableCommand {}
