-- What there is to buy.

create table product (
    sku            text collate "C" primary key check (sku ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    name           text             not null check (char_length(name) between 1 and 200),
    price_amount   bigint           not null check (price_amount >= 0),
    price_currency text             not null check (price_currency ~ '^[A-Z]{3}$')
);
comment on table product is 'One row a product, as it is now; what it was is told by the events published about it.';
comment on column product.sku is
    'the number the product is known by everywhere; byte order, so that pages do not depend on the database''s locale';
comment on column product.price_amount is 'in the minor unit of the currency (cents)';
comment on column product.price_currency is 'ISO 4217 code; stays what it was when the product was defined';
