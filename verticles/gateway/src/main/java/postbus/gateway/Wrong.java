package postbus.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A value of a request that is not acceptable: of its body, or one of its parameters.
 *
 * @param pointer JSON pointer into the body, {@code /lines/0/quantity} for instance
 * @param parameter name of a parameter in the path, the query or a header
 * @param detail what it must be and what it is: {@code must be at least 1, is 0}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Wrong(@Nullable String pointer, @Nullable String parameter, String detail) {
    static Wrong at(String pointer, String detail) {
        return new Wrong(pointer, null, detail);
    }

    static Wrong in(String parameter, String detail) {
        return new Wrong(null, parameter, detail);
    }

    /** As one sentence: {@code /lines/0/quantity must be at least 1, is 0}. */
    String sentence() {
        var where = pointer == null ? parameter : pointer;
        return where == null || where.isEmpty() ? "the body " + detail : where + " " + detail;
    }
}
