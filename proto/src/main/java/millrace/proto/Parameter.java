package millrace.proto;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes one component of a [Description]: a parameter of its kernel.
///
/// Component types: `long`, `int`, `double`, `boolean`, `String`, [Blob] and enums. The parameter's name is the
/// component's, with dashes for capitals (`taskItems` is `task-items`).
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Parameter {
    /// One phrase for people.
    String help();

    /// The unit of the value, or empty.
    String unit() default "";

    /// The default as one would type it; empty means that the parameter must be given (for `String`
    /// and [Blob]: defaults to empty when `optional`).
    String byDefault() default "";

    /// The smallest value allowed, as one would type it; empty for none beyond the type's.
    String min() default "";

    /// The largest value allowed, as one would type it; empty for none beyond the type's.
    String max() default "";

    /// Whether an empty `String`, or no file for a [Blob], is allowed.
    boolean optional() default false;
}
