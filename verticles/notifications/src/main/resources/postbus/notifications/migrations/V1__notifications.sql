create table webhook (
    webhook_id    uuid        primary key,
    url           text        not null check (char_length(url) between 1 and 2000),
    types         text[]      not null,
    secret        text        not null check (secret like 'whsec_%'),
    registered_at timestamptz not null default now(),
    claimed_until timestamptz,
    served_at     timestamptz not null default now()
) with (fillfactor = 50);
comment on table webhook is 'Who wants to be told, at which URL, of what.';
comment on column webhook.types is 'event types it wants; empty for all';
comment on column webhook.secret is 'for signatures, as Standard Webhooks write it; told to nobody after registration';
comment on column webhook.claimed_until is
    'until then one instance delivers to it, by the clock of the database; past or null: nobody does';
comment on column webhook.served_at is 'when an instance was last done with it; who waits longest is next';

create table delivery (
    delivery_id    bigint      primary key generated always as identity,
    webhook_id     uuid        not null references webhook on delete cascade,
    message_id     uuid        not null,
    source         text        not null,
    type           text        not null,
    key            text        not null,
    time           timestamptz not null,
    correlation_id uuid        not null,
    causation_id   uuid,
    traceparent    text,
    data           bytea       not null,
    state          text        not null default 'waiting' check (state in ('waiting', 'dead')),
    attempts       integer     not null default 0 check (attempts >= 0),
    due_at         timestamptz default now(),
    last_error     text,
    died_at        timestamptz,
    check ((state = 'waiting') = (due_at is not null)),
    check ((state = 'dead') = (died_at is not null))
);
create index delivery_due on delivery (webhook_id, due_at, delivery_id);
create index delivery_dead on delivery (died_at, delivery_id) where died_at is not null;
comment on table delivery is
    'An event on its way to one webhook; deleted when the receiver has accepted it. To try dead ones again: '
    'update delivery set state = ''waiting'', due_at = now(), died_at = null, attempts = 0 where state = ''dead''';
comment on column delivery.message_id is 'the same in every attempt, and for every webhook that gets the event';
comment on column delivery.data is 'the event as JSON in UTF-8';
comment on column delivery.attempts is 'how often it was sent, or about to be when the process died';
comment on column delivery.due_at is 'when to send it next; null when it is dead';
comment on column delivery.last_error is 'why the last attempt did not succeed; for people';
