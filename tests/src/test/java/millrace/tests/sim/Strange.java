package millrace.tests.sim;

import com.google.protobuf.ByteString;
import millrace.proto.JobSpec;
import millrace.proto.Result;
import millrace.proto.SpecDigest;

/// Records in `results` that are none of the fleet's: they must change nothing.
final class Strange {
    private Strange() {}

    static void send(World world, Tape<Result> tape, Result like) {
        if (!world.knows(like.job())) {
            return; // strange itself
        }
        var value = new Result.Done(ByteString.copyFromUtf8("strange"));
        switch (world.chance.below(4)) {
            case 0 ->
                world.broker.send(tape, with(like, "nobodys-job", like.digest(), like.first(), like.end(), value));
            case 1 -> {
                var digest = new SpecDigest(ByteString.copyFrom(new byte[32]));
                var toy = world.job(like.job()).toy();
                var another = new Toy(toy.kind(), toy.count(), toy.seed() + 1, -1);
                world.broker.send(tape, with(like, like.job(), digest, like.first(), like.end(), done(another, like)));
            }
            case 2 -> {
                JobSpec spec = world.job(like.job()).spec();
                world.broker.send(
                        tape, with(like, like.job(), like.digest(), spec.end(), spec.end() + 3, like.answer()));
            }
            default -> world.broker.sendRaw(tape.partition, like.job(), new byte[] {1, 2, 3});
        }
    }

    private static Result.Done done(Toy toy, Result like) {
        try {
            return new Result.Done(
                    ByteString.copyFrom(new Toy.Mill().compute(toy, () -> false, like.first(), like.end())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Result with(Result like, String job, SpecDigest digest, long first, long end, Result.Answer answer) {
        return new Result(
                job,
                digest,
                first,
                end,
                like.attempt(),
                like.emission(),
                like.alone(),
                like.copy(),
                like.worker(),
                like.delivery(),
                like.cost(),
                answer);
    }
}
