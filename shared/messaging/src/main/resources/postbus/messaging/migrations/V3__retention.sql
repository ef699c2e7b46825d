-- Where a ledger lives, what of it is kept and for whom, and where subscriptions were moved by hand.

alter table ledger_head
    add column home          text,
    add column timeline      integer,
    add column settled_id    bigint not null default 0,
    add column cutting_to_id bigint;
comment on column ledger_head.home is
    'of which Postgres cluster, database and table this row is; another one than where it is found: it was copied there, '
    'and transaction ids in outbox are those of another cluster. Null until a relay has led here';
comment on column ledger_head.timeline is 'the cluster''s timeline when a relay last began to lead; another one: a replica took over';
comment on column ledger_head.settled_id is
    'messages up to this outbox.id were written before the table was copied here, and have their positions';
comment on column ledger_head.cutting_to_id is 'what "cutting" sees has at most this outbox.id; null between cuts';

create table ledger_pruned (
    lane     smallint primary key,
    position bigint   not null default 0 check (position >= 0)
) with (fillfactor = 10);
comment on table ledger_pruned is
    'Up to where each lane''s messages were deleted, from ledger and outbox. All after it is kept.';
insert into ledger_pruned (lane) select n from ledger_head, generate_series(0, lanes - 1) as n;

create table ledger_mark (
    position bigint      primary key,
    cut_at   timestamptz not null
);
comment on table ledger_mark is
    'What was cut by when, at most once a minute: positions up to this one before, later ones after, by the database''s clock.';

create table subscription (
    name          text        primary key,
    cursors       bigint[]    not null,
    registered_at timestamptz not null default now(),
    announced_at  timestamptz not null default now()
) with (fillfactor = 10);
comment on table subscription is
    'For whom messages are kept: subscriptions that a relay of this source has heard of and nobody has forgotten since.';
comment on column subscription.cursors is
    'how far it has come, by lane, as last heard: may lag behind subscription_cursor in its own schema';
comment on column subscription.announced_at is 'when it was last heard of, to the minute';

alter table subscription_cursor add column began_at bigint;
comment on column subscription_cursor.began_at is
    'where it began if that was the oldest message kept, else null. As long as it is there, having applied nothing, it is '
    'moved up when retention deletes what it would have begun with';

create table replay (
    id             bigint      primary key generated always as identity,
    subscription   text        not null,
    source         text        not null,
    asked          text        not null,
    cursors_before bigint[]    not null,
    cursors_after  bigint[]    not null,
    moved_by       text        not null check (moved_by <> ''),
    why            text        not null check (why <> ''),
    moved_at       timestamptz not null default now()
);
comment on table replay is 'Each time a person moved a subscription''s cursors: who, why, from where and to where. Grows by hand only.';
comment on column replay.asked is 'to where, as it was asked for: oldest, now, a position, a time';
comment on column replay.cursors_before is 'by lane';

-- What a person writes into the outbox by hand must be readable as well: these are the rules of the code. Not valid: rows
-- that are there already are not looked at, so that a large outbox is not locked while it is read.
alter table outbox
    add constraint outbox_key_readable check (char_length(key) <= 255 and key ~ '[^\u0001-\u0020]') not valid,
    add constraint outbox_time_finite check (isfinite(time)) not valid;
alter table scheduled
    add constraint scheduled_key_readable check (char_length(key) <= 255 and key ~ '[^\u0001-\u0020]') not valid;

create index reply_answered_at on reply (answered_at);
