-- The business of the work that is measured.

create table orders (
    id       uuid        primary key,
    customer integer     not null,
    amount   integer     not null,
    created  timestamptz not null
);
comment on table orders is 'A row for each business transaction.';
