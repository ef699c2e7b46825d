-- The tool's own books beside the shop's schemas: what was promised to customers, and what it saw the services do.

create schema chaos;

create table chaos.accepted (
    order_id        uuid not null,
    idempotency_key text primary key
);
comment on table chaos.accepted is 'Orders the shop said it has accepted.';

create table chaos.delivered (
    sku    text primary key,
    pieces bigint not null
);
comment on table chaos.delivered is 'What was put on the shelves.';

create table chaos.cursor_move (
    nth             bigint      not null generated always as identity,
    subscription    text        not null,
    source          text        not null,
    lane            smallint    not null,
    position_before bigint      not null,
    position_after  bigint      not null,
    at              timestamptz not null default clock_timestamp()
);
comment on table chaos.cursor_move is
    'Each committed move of a subscription''s cursor, and so each span of messages whose effects were committed with it.';

create function chaos.note_cursor_move() returns trigger language plpgsql as $$
begin
    insert into chaos.cursor_move (subscription, source, lane, position_before, position_after)
    values (new.subscription, new.source, new.lane, old.position, new.position);
    return null;
end
$$;
