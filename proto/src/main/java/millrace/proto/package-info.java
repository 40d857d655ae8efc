/// The contract between the roles: what is sent, where, and what a kernel is.
///
/// Every role depends on this package and on no other role. Records here check themselves: whoever holds one holds a
/// valid one, so the cores of the roles never meet a generated protobuf class or an unchecked number.
@NullMarked
package millrace.proto;

import org.jspecify.annotations.NullMarked;
