/// Arrays of numbers as numpy keeps them in files: what kernels take and give. And random numbers as numpy has them.
@NullMarked
package millrace.proto.arrays;

import org.jspecify.annotations.NullMarked;
