-- What is on the shelf and what of it is promised to orders.

create table shelf (
    sku      text collate "C" primary key,
    on_hand  integer          not null,
    reserved integer          not null,
    constraint shelf_promises_only_what_is_there check (0 <= reserved and reserved <= on_hand)
) with (fillfactor = 70);
comment on table shelf is 'One row a product. Several are locked in the order of their sku, by everybody.';
comment on column shelf.sku is 'byte order, so that the order of locking does not depend on the database''s locale';
comment on column shelf.reserved is
    'of on_hand, promised to orders: the sum of reservation_line.quantity of reservations that are reserved';

create table reservation (
    order_id   uuid        primary key,
    state      text        not null check (state in ('reserved', 'rejected', 'released', 'shipped')),
    changed_at timestamptz not null
) with (fillfactor = 80);
comment on table reservation is
    'What was decided on an order; kept, so that a wish that comes again is not decided again.';
comment on column reservation.state is
    'released is also what was released before anything was reserved: nothing will be promised to such an order';

create table reservation_line (
    order_id uuid             not null references reservation,
    sku      text collate "C" not null references shelf,
    quantity integer          not null check (quantity > 0),
    primary key (order_id, sku)
);
comment on table reservation_line is 'The pieces promised to an order, each sku once; what became of them says reservation.state.';
