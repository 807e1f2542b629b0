/// Something that holds between wanctl and a router, and the tests that show it.
struct ContractPromise: Sendable {
  var id: String
  var claim: String
  /// `Suite.function`.
  var tests: [String]

  static let all = [
    ContractPromise(
      id: "C1", claim: "rows are understood as they come, and nothing of them is lost",
      tests: ["LiteralTests.rowsAreWhatTheRouterSent", "LiteralTests.bothWaysTellTheSame"]),
    ContractPromise(
      id: "C2", claim: "every value over REST is a text",
      tests: ["LiteralTests.rowsAreWhatTheRouterSent"]),
    ContractPromise(
      id: "C3", claim: "a rule whose `disabled` is absent, true or false",
      tests: ["LiteralTests.rulesStandAsTheySay"]),
    ContractPromise(
      id: "C4", claim: "a queue that is missing, by query, id and name",
      tests: [
        "LiteralTests.whatIsMissingIsMissing",
        "RESTRouterTests.aNameThatIsGoneIsLookedUpOnceMore",
      ]),
    ContractPromise(
      id: "C5",
      claim: "a write is one request with `max-limit` alone; an unchanged limit is none",
      tests: ["RequestTests.aWriteIsOneRequest"]),
    ContractPromise(
      id: "C6", claim: "the answer to a write is its confirmation, if name and value are right",
      tests: ["WriteFaultTests.eachFaultHasItsReaction"]),
    ContractPromise(
      id: "C7", claim: "a queue that was made anew costs one look-up and one write more",
      tests: ["WriteFaultTests.eachFaultHasItsReaction"]),
    ContractPromise(
      id: "C8",
      claim: "a comment with blanks and a colon; twins, dynamic ones, and longer ones",
      tests: [
        "StateFaultTests.twinsOfTheRule", "RuleTests.theStatusIsThatOfExactlyThisComment",
      ]),
    ContractPromise(
      id: "C9", claim: "each fault has its class and its reaction",
      tests: [
        "WriteFaultTests.eachFaultHasItsReaction", "StateFaultTests.queuesThatAreOtherwise",
        "RestartTests.aReboot",
      ]),
    ContractPromise(
      id: "C10",
      claim: "a hundred operations use one connection; one that was closed idle is no failure",
      tests: [
        "RequestTests.aHundredWritesUseOneConnection",
        "RequestTests.anIdleConnectionThatWasClosedIsNoFailure",
      ]),
    ContractPromise(
      id: "C11", claim: "two users do not wait for each other, one user does for itself",
      tests: ["RestartTests.aUserWhoIsBusy", "WriteFaultTests.eachFaultHasItsReaction"]),
    ContractPromise(
      id: "C12", claim: "over to SSH and back, without a write that is stale or done twice",
      tests: [
        "FailoverTests.overSSHAndBackWithoutAStaleWrite",
        "FailoverTests.whateverFailsTheNewestTargetStandsInTheEnd",
      ]),
    ContractPromise(
      id: "C13",
      claim: "SSH: errors with status 0, silence, hanging and split output, every printed form",
      tests: [
        "WriteFaultTests.eachFaultHasItsReaction", "LiteralTests.printedStatisticsInEveryForm",
      ]),
    ContractPromise(
      id: "C14", claim: "algorithms of routers against libssh2 as it is here",
      tests: ["ConsoleContractTests.algorithms", "SSHFailureTests.olderLibrariesAreToldWhatToSet"]),
    ContractPromise(
      id: "C15", claim: "counters that are reset, fall, or begin anew",
      tests: [
        "StateFaultTests.countersThatFall", "RestartTests.aRestartWithoutAnOutage",
        "QueueCountersTests.theChangesAddUpWhateverHappens",
        "QueueReaderTests.nothingIsComparedAcrossARestartThatTheCountersHide",
      ]),
    ContractPromise(
      id: "C16", claim: "certificates: good, bad, pinned, changed",
      tests: [
        "TLSTests.onlyATrustedRouterIsTalkedTo", "WriteFaultTests.eachFaultHasItsReaction",
        "ConsoleContractTests.anotherKeyThanThePinnedOneIsRefused",
      ]),
    ContractPromise(
      id: "C17",
      claim: "memory, descriptors and threads stay as they are (`make soak`: an hour)",
      tests: ["SoakTests.nothingGrows"]),
    ContractPromise(
      id: "C18", claim: "the control thread does not notice how slow the router is",
      tests: ["ControlThreadTests.targetsAreTakenWhileTheRouterIsSilent"]),
    ContractPromise(
      id: "C19", claim: "requests that were given up are 2.5 s apart from those that follow",
      tests: ["RequestTests.theRouterIsLeftAloneAfterEachRequestThatWasGivenUp"]),
    ContractPromise(
      id: "C20", claim: "the lines of the original over SSH do what they are meant to",
      tests: ["ConsoleContractTests.linesOfTheOriginal"]),
  ]
}
