package millrace.proto;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a record as a kernel's [Description].
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Described {
    /// The kernel's name: lower-case letters, digits and dashes, 1 to 40 characters.
    String name();

    /// Counts the changes of the kernel's bytes, from 1: whenever the same parameters may give another value or the
    /// parameters change, it rises.
    int version();

    /// One sentence for people: what the job computes.
    String summary();

    /// What an item is, for people: "a row of the picture".
    String item();

    /// Works out parameters from files; the default leaves all as they are given.
    Class<? extends Intake> intake() default Intake.Nothing.class;
}
