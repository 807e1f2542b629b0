import Model

/// The colours of pictures and pages, for light and dark. Zones can be told apart by those who do not
/// see red and green as others do: they differ in lightness too.
enum PictureStyle {
  static let light = """
    --ground:#fff;--card:#f7f8fa;--ink:#1c2128;--dim:#5d6876;--rule:#dde2e8;--line:#0b5fbf;\
    --fill:#0b5fbf;--base:#8a63d2;--z0:#b7dfc2;--z1:#e9c02f;--z2:#ee8434;--z3:#c4202f
    """
  static let dark = """
    --ground:#0f1419;--card:#171d24;--ink:#dde4ec;--dim:#8d99a8;--rule:#29323d;--line:#5eb1ff;\
    --fill:#5eb1ff;--base:#b294f0;--z0:#23513a;--z1:#d8ae2a;--z2:#ee8434;--z3:#ff5a5f
    """

  /// The class of what is drawn in a zone's colour.
  static func name(_ zone: Zone) -> String { "z\(zone.rawValue)" }

  static let shapes = """
    .line{fill:none;stroke:var(--line);stroke-width:1.5;stroke-linejoin:round}
    .band{fill:var(--fill);opacity:.32}
    .base{fill:none;stroke:var(--base);stroke-width:1.5}
    .rule{fill:none;stroke:var(--dim);stroke-dasharray:2 4}
    .grid{fill:none;stroke:var(--rule)}
    .z0{fill:var(--z0)}.z1{fill:var(--z1)}.z2{fill:var(--z2)}.z3{fill:var(--z3)}
    """
}
