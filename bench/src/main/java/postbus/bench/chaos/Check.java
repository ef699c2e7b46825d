package postbus.bench.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What must hold when all has settled. Each is a query over the shop's schemas and {@link Books}, of what is wrong: a row
 * of one text for each violation.
 */
enum Check {
    ORDERS_SETTLED("every accepted order is shipped or cancelled, once", """
            select 'order ' || a.order_id || ' is ' || case count(e.version)
                       when 0 then coalesce((select l.type from ordering.order_event l where l.stream = a.order_id
                                              order by l.version desc limit 1), 'unknown')
                       else 'ended ' || count(e.version) || ' times' end
              from chaos.accepted a
              left join ordering.order_event e on e.stream = a.order_id and e.type in ('shipped', 'cancelled')
             group by a.order_id
            having count(distinct e.version) <> 1
             order by a.order_id
             limit ?
            """),

    ORDERS_ONCE("every order that is there was asked for once", """
            select 'order ' || coalesce(a.order_id, o.stream) || ': accepted ' || coalesce(a.times, 0)
                       || ' times, placed ' || coalesce(o.times, 0) || ' times'
              from (select order_id, count(*) as times from chaos.accepted group by order_id) a
              full join (select stream, count(*) as times from ordering.order_event where type = 'placed' group by stream) o
                on o.stream = a.order_id
             where a.times is distinct from 1 or o.times is distinct from 1
             order by coalesce(a.order_id, o.stream)
             limit ?
            """),

    CUT_ONCE("every committed message has one position in its ledger", """
            select coalesce(o.source, l.source) || ' message ' || coalesce(o.message_id::text, l.tx || '/' || l.id)
                       || ': ' || case when o.id is null then 'has a position and is not in the outbox'
                                       when l.id is null then 'has no position'
                                       else 'has ' || l.times || ' positions' end
              from chaos.outbox o
              full join (select source, tx, id, count(*) as times from chaos.ledger group by source, tx, id) l
                on l.source = o.source and l.tx = o.tx and l.id = o.id
             where l.times is distinct from 1 or o.id is null
             order by 1
             limit ?
            """),

    POSITIONS("positions have no gap and no double", """
            select source || ' position ' || before || ' is followed by ' || position
              from (select source, position, lag(position, 1, 0) over (partition by source order by position) as before
                      from chaos.ledger
                     union all
                    select h.source, h.position + 1, coalesce(max(l.position), 0)
                      from chaos.ledger_head h
                      left join chaos.ledger l on l.source = h.source
                     group by h.source, h.position) p
             where position <> before + 1
             order by source, position
             limit ?
            """),

    KEYS_IN_ORDER("messages of a key have positions in the order of commit", """
            select source || ' key ' || key || ': position ' || position || ' was written before position ' || before
              from (select l.source, o.key, l.position, l.id,
                           lag(l.position) over by_position as before, lag(l.id) over by_position as id_before
                      from chaos.ledger l
                      join chaos.outbox o on o.source = l.source and o.tx = l.tx and o.id = l.id
                    window by_position as (partition by l.source, o.key order by l.position)) p
             where id < id_before
             order by source, position
             limit ?
            """),

    APPLIED_ONCE("a subscription to everything applied every event once", """
            select coalesce(o.source, a.source) || ' event ' || coalesce(o.message_id, a.message_id) || ' '
                       || coalesce(o.type, a.type) || ': applied ' || coalesce(a.times, 0) || ' times'
                       || case when o.message_id is null then ', never committed' else '' end
              from (select source, message_id, type from chaos.outbox where recipient is null) o
              full join (select source, message_id, min(type) as type, count(*) as times
                           from auditor.application group by source, message_id) a
                on a.source = o.source and a.message_id = o.message_id
             where a.times is distinct from 1 or o.message_id is null
             order by 1
             limit ?
            """),

    APPLIED_IN_ORDER("it applied the events of each key in order", """
            select source || ' key ' || key || ': position ' || position || ' was applied after position ' || before
              from (select a.source, a.key, l.position,
                           lag(l.position) over (partition by a.source, a.key order by a.nth) as before
                      from auditor.application a
                      join chaos.outbox o on o.source = a.source and o.message_id = a.message_id
                      join chaos.ledger l on l.source = o.source and l.tx = o.tx and l.id = o.id) p
             where position < before
             order by source, position
             limit ?
            """),

    CURSORS_CONNECTED("every subscription went through every lane step by step", """
            select subscription || ' on ' || source || ' lane ' || lane || ': went from ' || position_before || ' to '
                       || position_after || ', but was at ' || was_at
              from (select subscription, source, lane, nth, position_before, position_after,
                           lag(position_after, 1, 0::bigint)
                               over (partition by subscription, source, lane order by nth) as was_at
                      from chaos.cursor_move) m
             where position_before <> was_at or position_after <= position_before
             order by subscription, source, lane, nth
             limit ?
            """),

    CURSORS_AT_END("every subscription has come to the end of every lane", """
            select c.subscription || ' on ' || c.source || ' lane ' || c.lane || ': is at ' || c.position
                       || ', the lane ends at ' || coalesce(l.position, 0)
              from chaos.subscription_cursor c
              left join (select source, lane, max(position) as position from chaos.ledger group by source, lane) l
                on l.source = c.source and l.lane = c.lane
             where c.position <> coalesce(l.position, 0)
             order by c.subscription, c.source, c.lane
             limit ?
            """),

    NOTHING_PARKED("no message is parked", """
            select subscription || ' on ' || source || ' position ' || position || ' ' || type || ' is ' || state || ', '
                       || reason || ': ' || coalesce(error, '')
              from chaos.parked_message
             order by subscription, source, position
             limit ?
            """),

    NOTHING_OVERDUE("no message sent for later is overdue", """
            select source || ' command ' || message_id || ' ' || type || ' was due at ' || due_at
              from chaos.scheduled
             where due_at < now() - interval '15 s'
             order by due_at, message_id
             limit ?
            """),

    STOCK("stock adds up", """
            select 'stock of ' || d.sku || ': on hand ' || coalesce(s.on_hand, 0) || ', reserved ' || coalesce(s.reserved, 0)
                       || '; delivered ' || d.pieces || ', shipped ' || coalesce(o.pieces, 0)
              from chaos.delivered d
              left join inventory.shelf s on s.sku = d.sku
              left join (select l.line ->> 'sku' as sku, sum((l.line ->> 'quantity')::bigint) as pieces
                           from ordering.order_event e
                           join chaos.outbox p
                             on p.source = 'ordering' and p.key = e.stream::text and p.type = 'ordering.order-placed.v1'
                          cross join lateral jsonb_array_elements(convert_from(p.data, 'UTF8')::jsonb -> 'lines') as l (line)
                          where e.type = 'shipped'
                          group by 1) o
                on o.sku = d.sku
             where s.on_hand is distinct from d.pieces - coalesce(o.pieces, 0) or s.reserved is distinct from 0
             order by d.sku
             limit ?
            """),

    MONEY("every shipped order is paid once, no other is, and the provider says so too", """
            select 'order ' || o.order_id || ' ' || case when o.is_shipped then 'is shipped' else 'is not shipped' end
                       || ' and costs ' || o.total || '; payment holds ' || coalesce(p.amount, 0) || ', the provider '
                       || coalesce(c.amount, 0)
              from (select p.key as order_id, (convert_from(p.data, 'UTF8')::jsonb -> 'total' ->> 'amount')::bigint as total,
                           exists (select from ordering.order_event e
                                    where e.stream = p.key::uuid and e.type = 'shipped') as is_shipped
                      from chaos.outbox p
                     where p.source = 'ordering' and p.type = 'ordering.order-placed.v1') o
              left join (select order_id::text as order_id, amount
                           from payment.payment where state in ('taken', 'refund_requested')) p
                on p.order_id = o.order_id
              left join (select idempotency_key, charged - refunded as amount from payment.simulated_charge) c
                on c.idempotency_key = 'order-' || o.order_id
             where coalesce(p.amount, 0) <> case when o.is_shipped then o.total else 0 end
                or coalesce(c.amount, 0) <> case when o.is_shipped then o.total else 0 end
             order by o.order_id
             limit ?
            """),

    AGREEMENT("services agree on what became of each order", """
            select 'order ' || e.stream || ' is ' || e.type || ' in ordering; in inventory '
                       || coalesce(r.state, 'nothing') || ', in shipping ' || coalesce(d.state, 'nothing')
                       || ', in tracking ' || case when f.order_id is null then 'nothing' else 'the same' end
              from ordering.order_event e
              left join inventory.reservation r on r.order_id = e.stream
              left join shipping.dispatch d on d.order_id = e.stream
              left join tracking.order_fact f on f.order_id = e.stream and f.type = 'ordering.order-' || e.type || '.v1'
             where e.type in ('shipped', 'cancelled')
               and (f.order_id is null
                    or (e.type = 'shipped') <> coalesce(r.state = 'shipped', false)
                    or (e.type = 'shipped') <> coalesce(d.state = 'dispatched', false)
                    or r.state = 'reserved')
             order by e.stream
             limit ?
            """);

    /** Of one check; there may be more. */
    static final int VIOLATIONS_MAX = 1_000;

    private final String promise;
    private final String query;

    Check(String promise, String query) {
        this.promise = promise;
        this.query = query;
    }

    /** What is checked, in words. */
    String promise() {
        return promise;
    }

    /** What is wrong, at most {@value #VIOLATIONS_MAX}; nothing when the promise is kept. */
    List<String> violations(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            statement.setInt(1, VIOLATIONS_MAX);
            try (var rows = statement.executeQuery()) {
                var violations = new ArrayList<String>();
                while (rows.next()) {
                    violations.add(rows.getString(1));
                }
                return violations;
            }
        }
    }
}
