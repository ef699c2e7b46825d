-- What a service needs to send and receive. Lives in the service's own schema, beside its own tables.

create table outbox (
    tx             xid8        not null default pg_current_xact_id(),
    id             bigint      not null generated always as identity,
    message_id     uuid        not null,
    type           text        not null,
    key            text        not null check (key <> ''),
    recipient      text,
    time           timestamptz not null,
    correlation_id uuid        not null,
    causation_id   uuid,
    traceparent    text,
    data           bytea       not null,
    primary key (tx, id)
);
comment on table outbox is
    'Messages of committed transactions, inserted as the last statement before COMMIT; never updated. Read by the relay.';
comment on column outbox.tx is 'the transaction that wrote it; the ledger finds what is new by it';
comment on column outbox.id is
    'order of writing; the sequence must keep CACHE 1, or messages of one key could be cut out of commit order';
comment on column outbox.key is 'what order is kept for; decides the lane';
comment on column outbox.recipient is 'the one service a command is for; null for an event';
comment on column outbox.data is 'JSON in UTF-8; to read it: convert_from(data, ''UTF8'')';

create table ledger (
    lane     smallint not null,
    position bigint   not null,
    tx       xid8     not null,
    id       bigint   not null,
    primary key (lane, position)
);
comment on table ledger is
    'The positions given to messages, one row each, append-only. (tx, id) names the outbox row.';

create table ledger_head (
    singleton   boolean     primary key default true check (singleton),
    lanes       smallint    not null check (lanes between 1 and 256),
    position    bigint      not null check (position >= 0),
    cut_through pg_snapshot not null,
    cutting     pg_snapshot,
    passed_id   bigint      not null
) with (fillfactor = 10);
comment on table ledger_head is 'One row: how far the ledger is cut. Its row lock makes cuts happen one at a time.';
comment on column ledger_head.lanes is 'into how many lanes keys are spread; fixed once messages are cut';
comment on column ledger_head.position is 'the last position given';
comment on column ledger_head.cut_through is 'all that this snapshot sees has its position';
comment on column ledger_head.cutting is
    'the snapshot a cut too large for one transaction works towards; null between cuts';
comment on column ledger_head.passed_id is 'how far, by outbox.id, the cut towards "cutting" has come; else 0';
insert into ledger_head (lanes, position, cut_through, passed_id) values (8, 0, '1:1:', 0);

create table scheduled (
    message_id     uuid        primary key,
    due_at         timestamptz not null,
    type           text        not null,
    key            text        not null check (key <> ''),
    recipient      text        not null,
    correlation_id uuid        not null,
    causation_id   uuid,
    traceparent    text,
    data           bytea       not null
);
create index scheduled_due on scheduled (due_at, message_id);
comment on table scheduled is 'Commands that wait for their time. When due, the relay moves them to the outbox, once.';

create table subscription_cursor (
    subscription text     not null,
    source       text     not null,
    lane         smallint not null,
    position     bigint   not null check (position >= 0),
    primary key (subscription, source, lane)
) with (fillfactor = 10);
comment on table subscription_cursor is
    'How far each subscription of this service has applied each lane of each source; moved with the effects.';

create table reply (
    type            text        not null,
    idempotency_key text        not null,
    fingerprint     bytea       not null,
    problem         integer     not null,
    body            bytea       not null,
    answered_at     timestamptz not null default now(),
    primary key (type, idempotency_key)
);
comment on table reply is 'Answers given under an idempotency key, refusals included, for when the request comes again.';
comment on column reply.fingerprint is 'SHA-256 of the request, to tell a repetition from another request';
comment on column reply.problem is 'code of the problem it was refused with; 0 for an accepted request';
