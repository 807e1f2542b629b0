#pragma once
// Packets with what the kernel tells about them: recvmsg(2) with its macros, and the options of
// Linux for ICMP and timestamps. The headers of Linux behind them clash with those of the C library
// that Swift imports, hence the bodies are in Packets.c.
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What an entry of the error queue is about.
enum wanctl_packet_entry {
  /// No such entry: a packet that was received.
  WANCTL_ENTRY_NONE,
  /// An ICMP error.
  WANCTL_ENTRY_ICMP,
  /// The stamp of a packet that was sent.
  WANCTL_ENTRY_TRANSMITTED,
  /// Anything else, as an error of the host itself.
  WANCTL_ENTRY_OTHER,
};

/// What came with a packet.
struct wanctl_packet_facts {
  /// Who sent it; of an ICMP error, where the packet that it is about was going.
  /// A struct sockaddr_storage.
  _Alignas(8) uint8_t address[128];
  /// When the kernel received it, or handed it to the device, in CLOCK_REALTIME; 0 = not told.
  int64_t stamp_nanoseconds;
  enum wanctl_packet_entry entry;
  /// ICMP type and code of an entry of the error queue.
  uint8_t error_type;
  uint8_t error_code;
  /// Whether the packet was longer than the buffer.
  uint8_t is_cut;
};

/// recvmsg(2) without waiting, from the error queue or of packets. -1 and errno on failure.
ssize_t wanctl_receive_packet(int fd, void *buffer, size_t size, int from_error_queue,
                              struct wanctl_packet_facts *facts);

/// Asks for the kernel's stamps of received packets, and with `transmit` of sent ones too (in the
/// error queue, with the packet). -1 and errno on failure.
int wanctl_enable_timestamps(int fd, int transmit);

/// Lets only echo replies through a raw ICMP socket. -1 and errno on failure.
int wanctl_pass_echo_replies(int fd, int is_v6);

/// Lets only ICMP messages with this identifier through a raw ICMP socket: the host's other pings
/// would wake us else. -1 and errno on failure.
int wanctl_pass_identifier(int fd, int is_v6, uint16_t identifier);

/// The kernel's own measurement of a connection's handshake in microseconds, and how many segments
/// it had to repeat. -1 and errno on failure.
int wanctl_handshake_rtt(int fd, uint32_t *microseconds, uint32_t *repeats);
