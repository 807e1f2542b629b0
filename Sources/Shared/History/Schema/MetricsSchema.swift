/// The one table of the database, as the original makes it: files of either are opened by both.
public enum MetricsSchema {
  public static let defaultPath = "/var/lib/wanctl/metrics.db"

  /// `idx_metrics_granularity_time` read backwards gives `ORDER BY timestamp DESC, id DESC`.
  static let statements = [
    """
    CREATE TABLE IF NOT EXISTS metrics (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        timestamp INTEGER NOT NULL,
        wan_name TEXT NOT NULL,
        metric_name TEXT NOT NULL,
        value REAL NOT NULL,
        labels TEXT,
        granularity TEXT DEFAULT 'raw'
    )
    """,
    """
    CREATE INDEX IF NOT EXISTS idx_metrics_timestamp
        ON metrics(timestamp)
    """,
    """
    CREATE INDEX IF NOT EXISTS idx_metrics_wan_metric_time
        ON metrics(wan_name, metric_name, timestamp)
    """,
    """
    CREATE INDEX IF NOT EXISTS idx_metrics_granularity_time
        ON metrics(granularity, timestamp)
    """,
  ]

  /// Makes what is missing. What is there is not looked at: tables and columns that somebody added
  /// do no harm.
  public static func create(on connection: SQLiteConnection) throws(SQLiteError) {
    for statement in statements { try connection.execute(statement) }
  }

  /// Whether the table is there.
  public static func exists(on connection: SQLiteConnection) throws(SQLiteError) -> Bool {
    try connection.integer(
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'metrics'") == 1
  }

  /// The condition of a row that is an event and not a sample: it is stored raw until the retention
  /// ends, is no part of an average, and is shown in raw ranges only. A key is told from a text that
  /// mentions it by the quotes: those within a text are escaped.
  public static let isEvent = """
    (metric_name IN ('wanctl_config_snapshot', 'wanctl_steering_transition') \
    OR coalesce(instr(labels, '"reason":'), 0) > 0)
    """
}
