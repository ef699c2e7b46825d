-- Subscriptions that a person stopped for a while, and who did.

alter table subscription_cursor add column paused boolean not null default false;
comment on column subscription_cursor.paused is
    'nothing of this source is applied until a person resumes it: the statement that moves a cursor asks for false. All '
    'lanes of a source have the same';

create table pause_decision (
    id           bigint      primary key generated always as identity,
    decision     text        not null check (decision in ('pause', 'resume')),
    decided_at   timestamptz not null,
    decided_by   text        not null check (decided_by <> ''),
    why          text        not null check (why <> ''),
    subscription text        not null,
    source       text        not null
);
comment on table pause_decision is
    'Each time a person paused or resumed a subscription: who, when, why. Grows by hand only.';
