package millrace.tests.model;

/// What the model says about the broker, one measured behaviour each.
///
/// The model asks for each of these where it acts on it, so that a test can take one away: the comparison with a
/// real broker must then find the difference, else it proves nothing about that fact. Nobody else takes facts
/// away. Where a fact was measured is said with it; all of them on Kafka 4.4.0.
public enum Fact {
    /// A share group with `earliest` starts at the log's start, with `latest` (the default) at its end as of the
    /// moment the partition is first fetched: of 100 records produced before a first start none came with
    /// `latest`.
    FIRST_START_FOLLOWS_OFFSET_RESET,
    /// Taking a record counts as a delivery: releasing it, closing, dying and running out of lock give no attempt
    /// back.
    EVERY_ACQUISITION_COUNTS,
    /// Records that came back are delivered before newer ones, lowest offset first.
    LOWEST_AVAILABLE_FIRST,
    /// A record that comes back from its last allowed delivery is dropped without a word to anybody.
    DELIVERY_LIMIT_DROPS,
    /// From half the delivery limit on (2 at least) ever fewer suspicious records are handed out together, the
    /// last attempt alone: 20 records of one batch at limit 5 came as 20, 20, 20, 10 + 10, 20 x 1.
    LATE_ATTEMPTS_COME_IN_SMALL_NUMBERS,
    /// The window between start and end offset counts finished records too: with 200 locks and offset 0 held, the
    /// others got exactly 199 records and then nothing.
    WINDOW_COUNTS_FINISHED_RECORDS,
    /// An acquisition lock ends by itself: a frozen worker's records came back 15, 20 and 60 s after the
    /// acquisition.
    LOCKS_EXPIRE,
    /// RENEW starts the lock anew: with a lock of 2 s renewed every 0.4 s nothing was taken away in 12 s.
    RENEW_RESTARTS_THE_LOCK,
    /// Acknowledging what one does not hold fails while the record is within the window.
    STRANGERS_ACK_FAILS_WITHIN_WINDOW,
    /// The same acknowledgement reports success once the start offset has passed the record: an acknowledgement
    /// that succeeded proves nothing.
    STRANGERS_ACK_SUCCEEDS_BEHIND_WINDOW,
    /// The acknowledgements of one partition in one request succeed or fail together.
    ACKS_OF_A_PARTITION_ARE_ATOMIC,
    /// REJECT finishes a record as ACCEPT does; it is never delivered again.
    REJECT_FINISHES,
    /// A connection that ends gives its member's records back at once: 0.24 to 0.27 s after a kill, whatever the
    /// lock.
    DEATH_RELEASES_AT_ONCE,
    /// So does closing a consumer.
    CLOSING_RELEASES_AT_ONCE,
    /// Both give back only what lies in partitions that the member was still fetching from: records of a partition
    /// that was assigned away wait for their lock.
    ONLY_FETCHED_PARTITIONS_ARE_RELEASED,
    /// Who closed, died or lived through a broker's restart has no session any more, and its acknowledgements
    /// fail.
    ACKS_NEED_A_SESSION,
    /// What an administrator sees as the group's start offset is what was current before the last change was
    /// written down, so it stays one step behind; with the count of finished records that was written along, the
    /// lag is right.
    LISTED_START_IS_ONE_WRITE_OLD,
    /// Deleting records below the group's position moves it, and takes one fetch that returns nothing.
    DELETION_MOVES_THE_START,
    /// A restarted broker knows acknowledgements and releases with their delivery counts, and nothing of an
    /// acquisition that was under way: the interrupted attempt is forgotten.
    RESTART_FORGETS_THE_RUNNING_ATTEMPT,

    /// Readers of committed records wait at the first record of the oldest open transaction.
    OPEN_TRANSACTION_HOLDS_READERS_BACK,
    /// Readers of committed records do not see aborted ones.
    ABORTED_RECORDS_ARE_HIDDEN,
    /// The end of a transaction takes an offset in every partition it wrote to.
    MARKERS_TAKE_OFFSETS,
    /// `initTransactions` shuts out every earlier producer of the same transactional id.
    INIT_FENCES,
    /// `initTransactions` aborts what the predecessor left open, before it returns.
    INIT_ABORTS_THE_ORPHAN,
    /// A transaction that outlives its time-out is aborted by the broker.
    TRANSACTIONS_TIME_OUT,
    /// Offsets sent within a transaction count when it commits, and not before.
    OFFSETS_COMMIT_WITH_THE_TRANSACTION,
    /// Offsets sent within a transaction are refused from a member that is not of the group's current generation.
    TRANSACTIONAL_OFFSETS_ARE_FENCED_BY_GENERATION,

    /// A member that neither heartbeats nor waits for an answer leaves the group after its session time-out.
    SESSIONS_EXPIRE,
    /// A rebalance ends when every member has joined again, or without the missing ones after the rebalance
    /// time-out.
    REBALANCE_WAITS_FOR_MEMBERS,
    /// Every completed rebalance makes a new generation.
    REBALANCE_MAKES_A_GENERATION,
    /// Offsets are refused from a member of an older generation.
    COMMITS_ARE_FENCED_BY_GENERATION,
    /// Between the end of joining and the leader's assignment plain commits are refused, transactional ones are
    /// not.
    PLAIN_COMMITS_WAIT_FOR_THE_ASSIGNMENT,
    /// A follower that joins again unchanged gets the current generation; a leader or a changed follower starts a
    /// rebalance.
    UNCHANGED_FOLLOWER_KEEPS_THE_GENERATION
}
