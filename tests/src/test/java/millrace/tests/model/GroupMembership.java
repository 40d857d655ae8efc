package millrace.tests.model;

/// Under which name and generation somebody claims to be in a group; Kafka calls it group metadata.
public record GroupMembership(String member, int generation) {}
