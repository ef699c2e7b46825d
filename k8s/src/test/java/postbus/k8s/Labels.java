package postbus.k8s;

import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.Map;

/** How Kubernetes selects by labels. */
final class Labels {
    private Labels() {}

    static boolean match(Map<String, String> wanted, Map<String, String> labels) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }

    static boolean match(LabelSelector selector, Map<String, String> labels) {
        return match(selector.getMatchLabels(), labels)
                && selector.getMatchExpressions().stream().allMatch(wanted -> {
                    var value = labels.get(wanted.getKey());
                    return switch (wanted.getOperator()) {
                        case "In" -> wanted.getValues().contains(value);
                        case "NotIn" -> !wanted.getValues().contains(value);
                        case "Exists" -> value != null;
                        case "DoesNotExist" -> value == null;
                        default -> throw new IllegalArgumentException(wanted.getOperator());
                    };
                });
    }
}
