import Model
import Testing

@Suite struct WebhookURLTests {
  @Test(arguments: [
    ("https://discord.com/api/webhooks/1/abc", true, "discord.com", 443, "/api/webhooks/1/abc"),
    ("http://127.0.0.1:8080", false, "127.0.0.1", 8080, "/"),
    ("https://h?x=1", true, "h", 443, "/?x=1"),
    ("https://[fd00::1]:99/a?b#c", true, "fd00::1", 99, "/a?b"),
  ]) func `parts of a URL`(text: String, tls: Bool, host: String, port: Int, path: String) throws {
    let url = try #require(WebhookURL(text))
    #expect(url.usesTLS == tls && url.host == host && url.port == port && url.path == path)
  }

  @Test(arguments: [
    "", "ftp://h/", "https://", "https:///x", "https://user@h/", "https://h:0/", "https://h:65536/",
    "https://h:x/", "https://-h/", "https://[::1", "https://[h]/", "https://h/\u{e4}",
    "https://h /",
    "https://h/\n", "https://[::1]x/",
  ]) func `what is no URL`(text: String) {
    #expect(WebhookURL(text) == nil)
  }

  @Test func `the topic of ntfy is the last part of the path`() throws {
    #expect(try #require(WebhookURL("https://ntfy.sh/home?x=1")).parent == ("/", "home"))
    #expect(try #require(WebhookURL("https://h/a/b")).parent == ("/a/", "b"))
    #expect(try #require(WebhookURL("https://h")).parent == ("/", ""))
  }
}
