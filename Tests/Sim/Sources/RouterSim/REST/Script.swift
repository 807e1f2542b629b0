/// `/rest/execute`: a line of the console's language.
extension Executor {
  func script(_ body: JSON) throws(Refusal) -> JSON {
    try require("write")
    guard let source = body["script"]?.text else { throw .bad("missing =script=") }
    let output = Console(
      world: world, user: user, withholdsWrites: withholdsWrites, namesPlaces: true
    )
    .run(source)
    return ["ret": .string(body["as-string"] == nil ? "*B546" : output)]
  }
}
