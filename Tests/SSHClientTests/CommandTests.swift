import Foundation
import Glibc
import Model
import Platform
import SSHClient
import Synchronization
import TestSupport
import Testing

@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct CommandTests {
  @Test func aHundredCommandsUseOneConnection() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    for number in 1...100 {
      let reply = try client.execute("say \(number)", timeout: patience)
      #expect(text(reply) == "\(number)\r\n")
      #expect(reply.openedConnection == (number == 1))
    }
    #expect(server.connectionCount == 1)
  }

  @Test func outputErrorsAndStatusAreTold() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let reply = try server.client().execute("fail", timeout: patience)
    #expect(text(reply) == "spoken\n")
    #expect(String(decoding: reply.errors, as: UTF8.self) == "bad\n")
    #expect(reply.exitStatus == 3)
  }

  @Test func outputInPiecesIsPutTogether() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    let pieces = try client.execute("split", timeout: patience)
    #expect(text(pieces) == "part1 part2 part3 part4 part5 ")
    #expect(try client.execute("nothing", timeout: patience).output.isEmpty)
  }

  @Test func largeOutputIsReadAndTooLargeIsRefused() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    let limit = SSHClient.maximumOutputBytes
    #expect(try client.execute("zeros \(limit)", timeout: patience).output.count == limit)
    let failure = failure { try client.execute("zeros \(limit + 1)", timeout: patience) }
    #expect(failure?.kind == .tooLarge)
    #expect(try text(client.execute("say on", timeout: patience)) == "on\r\n")
  }

  @Test func aCommandThatNeverEndsIsGivenUpAtTheDeadline() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    _ = try client.execute("nothing", timeout: patience)
    let failure = failure { try client.execute("hang", timeout: Milliseconds(1000)) }
    #expect(failure?.kind == .timeout)
    #expect(failure?.mayHaveBeenSent == true)
    #expect(try text(client.execute("say again", timeout: patience)) == "again\r\n")
    #expect(server.connectionCount == 2)
  }

  @Test func anotherThreadEndsACommandAndAllLaterOnes() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    let canceller = client.canceller
    _ = try client.execute("nothing", timeout: patience)
    let thread = try Platform.Thread(name: "canceller") {
      Clock.sleep(Milliseconds(100))
      canceller.cancel()
    }
    let hanging = failure { try client.execute("hang", timeout: patience) }
    thread.join()
    #expect(hanging?.kind == .cancelled)
    let later = failure { try client.execute("nothing", timeout: patience) }
    #expect(later?.kind == .cancelled)
    #expect(server.connectionCount == 1)
  }

  @Test func aConnectionThatEndedMeanwhileIsReplaced() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    _ = try client.execute("nothing", timeout: patience)
    server.cutConnections()
    let reply = try client.execute("say again", timeout: patience)
    #expect(text(reply) == "again\r\n")
    #expect(reply.openedConnection)
    #expect(server.connectionCount == 2)
  }

  @Test func aConnectionThatBreaksDuringACommandFails() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    _ = try client.execute("nothing", timeout: patience)
    let thread = try Platform.Thread(name: "cutter") {
      let deadline = Clock.monotonic() + patience
      while access(server.file("hanging"), F_OK) != 0, Clock.monotonic() < deadline {
        Clock.sleep(Milliseconds(20))
      }
      server.cutConnections()
    }
    let failure = failure { try client.execute("hang", timeout: patience) }
    thread.join()
    #expect(failure?.kind == .reset)
    #expect(failure?.mayHaveBeenSent == true)
    #expect(server.connectionCount == 1)
  }

  @Test func whatAKilledCommandPrintedIsNoAnswer() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    let failure = failure { try client.execute("killed", timeout: patience) }
    #expect(failure?.kind == .reset)
    #expect(failure?.detail == "the command was ended by signal KILL")
    #expect(failure?.mayHaveBeenSent == true)
    #expect(try text(client.execute("say on", timeout: patience)) == "on\r\n")
  }

  @Test func connectionsAreGivenBack() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let client = try server.client()
    for _ in 1...3 {
      _ = try client.execute("nothing", timeout: patience)
      client.disconnect()
    }
    #expect(server.connectionCount == 3)
  }
}
