-- Messages a subscription could not apply, and what people decided about them.

create table parked_message (
    subscription    text        not null,
    source          text        not null,
    position        bigint      not null,
    lane            smallint    not null,
    message_id      uuid        not null,
    type            text        not null,
    key             text        not null,
    recipient       text,
    time            timestamptz not null,
    correlation_id  uuid        not null,
    causation_id    uuid,
    traceparent     text,
    data            bytea       not null,
    state           text        not null check (state in ('parked', 'dead')),
    holds_key       boolean     not null,
    reason          text        not null check (reason in ('waiting', 'failed', 'took-too-long', 'unreadable',
                                                           'unknown-type', 'rejected', 'postponed')),
    attempts        integer     not null check (attempts >= 0),
    next_attempt_at timestamptz not null,
    error           text,
    stack           text,
    parked_at       timestamptz not null,
    failing_since   timestamptz,
    failed_at       timestamptz,
    primary key (subscription, source, position)
);
-- Whether a lane has held keys, which they are, and the first message of each
create index parked_message_held on parked_message (subscription, source, lane, key, position) where holds_key;
create index parked_message_aside on parked_message (subscription, next_attempt_at)
    where not holds_key and state = 'parked';
create index parked_message_id on parked_message (message_id);
comment on table parked_message is
    'Messages behind the cursor that are not applied yet. Deleted in the transaction that applies them.';
comment on column parked_message.state is 'parked: tried again by itself; dead: waits for a person';
comment on column parked_message.holds_key is
    'later messages of its source and key are parked behind it; false for dead letters that are set aside';
comment on column parked_message.reason is 'why it is here; waiting: behind another message of its key';
comment on column parked_message.attempts is 'how often it failed since it was parked or a person had it retried';
comment on column parked_message.next_attempt_at is
    'not before; counts only for the first message of a key, and not at all for dead ones';
comment on column parked_message.error is 'what the last attempt failed with';
comment on column parked_message.stack is 'where it failed: classes and lines, no message';
comment on column parked_message.failing_since is 'its first failure since it was parked or a person had it retried';
comment on column parked_message.failed_at is 'its last failure';

create table dead_letter_decision (
    id             bigint      primary key generated always as identity,
    decision       text        not null check (decision in ('retry', 'discard')),
    decided_at     timestamptz not null,
    decided_by     text        not null check (decided_by <> ''),
    why            text        not null check (why <> ''),
    subscription   text        not null,
    source         text        not null,
    position       bigint      not null,
    message_id     uuid        not null,
    type           text        not null,
    key            text        not null,
    state          text        not null,
    reason         text        not null,
    attempts       integer     not null,
    error          text,
    recipient      text,
    time           timestamptz not null,
    correlation_id uuid        not null,
    causation_id   uuid,
    traceparent    text,
    data           bytea       check (data is not null or decision <> 'discard')
);
create index dead_letter_decision_message on dead_letter_decision (message_id);
comment on table dead_letter_decision is
    'What people decided about parked messages, and the parked message as it was then. Grows by hand only.';
comment on column dead_letter_decision.data is 'kept of what was discarded, so that a mistake can be mended';
