/// The math of the kernels that come with Millrace; only workers load it.
///
/// All of it gives the same bits on every machine: integers, and doubles with `+ - * /` and `sqrt` in one fixed
/// order.
@NullMarked
package millrace.worker.kernels;

import org.jspecify.annotations.NullMarked;
