/// What the records of a fleet say when they are put together: the read side that the command line, the Java client
/// and the console share. No Kafka in it: records in, a picture out.
@NullMarked
package millrace.proto.view;

import org.jspecify.annotations.NullMarked;
