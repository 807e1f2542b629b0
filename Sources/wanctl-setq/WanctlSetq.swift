import ArgumentParser

@main struct WanctlSetq: ParsableCommand {}
