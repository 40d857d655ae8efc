/// The project's own benchmarks. Each checks its answers; none fails because a time was long.
@NullMarked
package millrace.bench;

import org.jspecify.annotations.NullMarked;
