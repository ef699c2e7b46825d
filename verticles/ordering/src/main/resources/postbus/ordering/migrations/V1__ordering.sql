-- Orders as streams of their events, and what products cost.

create table order_event (
    stream  uuid        not null,
    version integer     not null check (version >= 1),
    type    text        not null check (type <> ''),
    data    jsonb       not null,
    at      timestamptz not null,
    primary key (stream, version)
);
comment on table order_event is
    'What happened to orders; append-only. The primary key makes one of two concurrent decisions on an order fail.';
comment on column order_event.stream is 'the order''s id';
comment on column order_event.version is 'place in the stream, from 1 without gaps';
comment on column order_event.type is 'stable name of the event in this service, such as placed';
comment on column order_event.at is 'when it was decided, by the clock of the service';

create table order_snapshot (
    stream  uuid    primary key,
    version integer not null check (version >= 1),
    schema  integer not null check (schema >= 1),
    state   jsonb   not null
);
comment on table order_snapshot is
    'Folded state of long streams, to save reading them from the start. Can be emptied at any time.';
comment on column order_snapshot.version is 'the last event that is folded in';
comment on column order_snapshot.schema is 'number of the state''s shape; a snapshot of another shape is not read';

create table product (
    sku      text   primary key,
    name     text   not null,
    amount   bigint not null check (amount >= 0),
    currency text   not null check (currency ~ '^[A-Z]{3}$')
);
comment on table product is 'Names and prices of products, copied from the events of catalog; new orders are priced by it.';
comment on column product.amount is 'in the currency''s minor unit';
