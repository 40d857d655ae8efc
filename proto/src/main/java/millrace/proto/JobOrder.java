package millrace.proto;

import static millrace.proto.Check.require;

/// What a client asks for about one job: one record on `jobs`.
public sealed interface JobOrder {
    String job();

    /// The job's spec; the first one of an id wins.
    record Submit(JobSpec spec) implements JobOrder {
        @Override
        public String job() {
            return spec.job();
        }
    }

    /// @param reason one line for people, may be empty
    record Cancel(String job, String reason) implements JobOrder {
        public Cancel {
            JobSpec.checkId(job);
            reason = Text.line(reason, 200);
        }
    }

    /// @param priority -10 to 10
    record SetPriority(String job, int priority) implements JobOrder {
        public SetPriority {
            JobSpec.checkId(job);
            require(-10 <= priority && priority <= 10, "priority of job %s is %d, allowed -10..10", job, priority);
        }
    }

    record Pause(String job) implements JobOrder {
        public Pause {
            JobSpec.checkId(job);
        }
    }

    record Resume(String job) implements JobOrder {
        public Resume {
            JobSpec.checkId(job);
        }
    }

    /// Forgets an ended job.
    record Remove(String job) implements JobOrder {
        public Remove {
            JobSpec.checkId(job);
        }
    }
}
