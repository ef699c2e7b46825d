package postbus.messaging;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name a message or query goes by on the wire and in tables, for instance {@code ordering.order-placed.v1}. It
 * outlives the Java class: renaming a class does not change the contract, renaming a type does.
 *
 * @see MessageType for the grammar
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Type {
    /** {@code service.name.vN}, as {@link MessageType#parse} reads it. */
    String value();
}
