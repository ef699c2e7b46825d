package postbus.messaging.service;

import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/** A refusal as it is kept and travels, beside the code of its problem. */
record RefusalBody(String detail, @Nullable String field) {
    static RefusalBody of(Refusal refusal) {
        return new RefusalBody(refusal.detail(), refusal.field());
    }

    Refusal toRefusal(Problem problem) {
        return new Refusal(problem, detail, field);
    }
}
