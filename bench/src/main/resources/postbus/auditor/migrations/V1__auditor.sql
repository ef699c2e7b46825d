-- What was applied, as often as it was.

create table application (
    nth        bigint      not null generated always as identity,
    source     text        not null,
    message_id uuid        not null,
    type       text        not null,
    key        text        not null,
    at         timestamptz not null default clock_timestamp()
);
comment on table application is
    'A row each time the auditor''s subscription applied an event. Without a key on purpose: what is applied twice is here twice.';
comment on column application.nth is 'order of application within a source and key, since its lane is applied one batch at a time';
