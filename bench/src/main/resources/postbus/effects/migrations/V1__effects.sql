-- The effects of the work that is measured.

create table handled (
    message_id uuid        primary key,
    order_id   uuid        not null,
    at         timestamptz not null
);
comment on table handled is 'A row for each message that took effect; one that took effect twice is refused.';
