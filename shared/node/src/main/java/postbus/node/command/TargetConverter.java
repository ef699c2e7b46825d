package postbus.node.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import postbus.messaging.replay.Target;

/** Reads where to a subscription is to be moved, as options give it. */
public final class TargetConverter implements ITypeConverter<Target> {
    @Override
    public Target convert(String text) {
        try {
            return Target.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
