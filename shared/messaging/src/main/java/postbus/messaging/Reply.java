package postbus.messaging;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a query, or a command that is asked for by request, is answered with: a record that travels as JSON. It has no
 * type name of its own, and so no version: a reply that its readers cannot read any more is a new version of the
 * request.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Reply {
    Class<? extends Record> value();
}
