/// Kernels that grind, throw, kill and sleep, for whole-fleet tests. Every test worker has them on its class path.
@NullMarked
package millrace.tests.kernels;

import org.jspecify.annotations.NullMarked;
