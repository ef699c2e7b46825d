-- Orders as people look at them. Rows are only ever added, so it does not matter in which order events arrive.

create table tracked_order (
    order_id    uuid   primary key,
    customer_id text   not null,
    amount      bigint not null check (amount >= 0),
    currency    text   not null check (currency ~ '^[A-Z]{3}$'),
    lines       jsonb  not null
);
create index tracked_order_customer on tracked_order (customer_id, order_id);
comment on table tracked_order is 'What was ordered; never changes. An order is listed from when it has its row here.';
comment on column tracked_order.order_id is 'UUID version 7: ids in order are orders in time';
comment on column tracked_order.amount is 'total in the currency''s minor unit';
comment on column tracked_order.lines is 'array of sku, quantity and unit price';

create table order_fact (
    order_id   uuid        not null,
    message_id uuid        not null,
    type       text        not null check (type <> ''),
    at         timestamptz not null,
    reason     text,
    primary key (order_id, message_id)
);
comment on table order_fact is
    'What happened to orders, one row for each event; its order''s row may come later, since sources overtake each other.';
comment on column order_fact.type is 'of the event, such as ordering.order-placed.v1; the status follows from the types';
comment on column order_fact.reason is 'why the order was cancelled; null for all other types';
