-- Which orders are picked, handed to the carrier, or held back.

create table dispatch (
    order_id        uuid        primary key,
    state           text        not null check (state in ('waiting', 'dispatched', 'stopped')),
    command_id      uuid,
    tracking_number text,
    changed_at      timestamptz not null,
    check (state <> 'waiting' or command_id is not null),
    check ((state = 'dispatched') = (tracking_number is not null))
) with (fillfactor = 80);
comment on table dispatch is
    'One row an order, kept: dispatched and stopped are final, and exactly one of them is told.';
comment on column dispatch.state is
    'waiting: is picked and can be stopped; dispatched: the carrier has it; stopped: will not leave, perhaps before it was paid';
comment on column dispatch.command_id is
    'the scheduled DispatchOrder; null when the order was stopped before it was paid';
comment on column dispatch.tracking_number is 'what the carrier knows the parcel by; null until it is dispatched';
