import NIOCore
import NIOPosix

/// An event loop for tests that need one without running anything on it.
enum TestLoop {
  static let shared: any EventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
}
