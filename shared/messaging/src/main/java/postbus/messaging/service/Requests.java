package postbus.messaging.service;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.Function;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;

/** Questions and commands that came over the event bus, as endpoints. Commands are answered after COMMIT. */
final class Requests {
    private final Transactions transactions;
    private final Answering answering;

    Requests(Transactions transactions, Answering answering) {
        this.transactions = transactions;
        this.answering = answering;
    }

    <Q, R> Answering.Endpoint query(Subscriptions.Question<Q, R> question) {
        var name = MessageType.of(question.type()).toString();
        return message -> answering.answer(name, message, (body, headers) -> {
            var asked = Answering.readRequest(body, question.type());
            return Answering.write(question.type(), question.handler().apply(asked, transactions.reading()));
        });
    }

    <C, R> Answering.Endpoint command(String type, Subscriptions.Request<C, R> request) {
        return message -> answering.answer(type, message, (body, headers) -> {
            var command = Answering.readRequest(body, request.type());
            Function<Transaction, Buffer> work =
                    tx -> Answering.write(request.type(), request.handler().apply(command, tx));
            var key = headers.idempotencyKey();
            var cause = new Cause(headers.correlationId(), null, headers.traceparent());
            return key == null ? transactions.call(cause, work) : once(type, key, body, cause, work);
        });
    }

    /**
     * Does the work and keeps its answer in one transaction, or gives the answer kept. A refusal rolls the work back,
     * and is then kept in a transaction of its own, unless the same request got another answer in between. That the
     * service is unavailable, or failed, is no answer to keep.
     */
    private Buffer once(String type, String key, Buffer body, Cause cause, Function<Transaction, Buffer> work) {
        var fingerprint = sha256(body);
        ReplyTable.Stored reply;
        try {
            reply = transactions.call(
                    cause,
                    tx -> ReplyTable.lock(tx, type, key).orElseGet(() -> {
                        var answer = new ReplyTable.Stored(fingerprint, 0, work.apply(tx));
                        ReplyTable.insert(tx, type, key, answer);
                        return answer;
                    }));
        } catch (Refusal refusal) {
            if (refusal.problem() == Problem.UNAVAILABLE || refusal.problem() == Problem.INTERNAL) {
                throw refusal;
            }
            var kept = new ReplyTable.Stored(
                    fingerprint, refusal.problem().code(), MessageJson.write(RefusalBody.of(refusal)));
            reply = transactions.call(
                    cause,
                    tx -> ReplyTable.lock(tx, type, key).orElseGet(() -> {
                        ReplyTable.insert(tx, type, key, kept);
                        return kept;
                    }));
        }
        return repeat(reply, fingerprint);
    }

    private static Buffer repeat(ReplyTable.Stored stored, Buffer fingerprint) {
        if (!stored.fingerprint().equals(fingerprint)) {
            throw new Refusal(Problem.IDEMPOTENCY_KEY_REUSED, "this idempotency key came before with another request");
        }
        if (stored.problem() != 0) {
            throw MessageJson.read(stored.body(), RefusalBody.class).toRefusal(Problem.ofCode(stored.problem()));
        }
        return stored.body();
    }

    private static Buffer sha256(Buffer body) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(body.getBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
