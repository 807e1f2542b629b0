import Glibc

/// SplitMix64: small, seeded, the same on every machine. A run is repeatable from its `--seed`.
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Uniform over [0, 1).
  mutating func uniform() -> Double {
    Double(next() >> 11) / Double(UInt64(1) << 53)
  }

  /// Standard normal, by the polar form of Box and Muller's method.
  mutating func normal() -> Double {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      if square > 0, square < 1 { return x * sqrt(-2 * log(square) / square) }
    }
  }
}
