create table payment (
    order_id       uuid        primary key,
    state          text        not null check (state in (
                       'requested', 'taken', 'declined', 'refund_requested', 'refunded', 'withdrawn', 'abandoned', 'voided')),
    amount         bigint      check (amount >= 0),
    currency       text        check (currency ~ '^[A-Z]{3}$'),
    payment_token  text,
    attempts       integer     not null default 0 check (attempts >= 0),
    due_at         timestamptz,
    claimed_until  timestamptz,
    last_failure   text,
    correlation_id uuid        not null,
    causation_id   uuid,
    traceparent    text,
    requested_at   timestamptz not null default now(),
    changed_at     timestamptz not null default now(),
    check ((amount is null) = (currency is null)),
    check ((amount is null) = (payment_token is null)),
    check (amount is not null or state = 'voided'),
    check ((due_at is not null) = (state in ('requested', 'refund_requested', 'withdrawn', 'abandoned')))
);
create index payment_due on payment (due_at, order_id) where due_at is not null;
comment on table payment is
    'What ordering asked for, one row for each order, and how far it has come. Kept for ever.';
comment on column payment.state is
    'requested: to be charged, or being charged when attempts is above 0; taken; declined; '
    'refund_requested: was charged, to be refunded; refunded; '
    'withdrawn: not wanted any more while its charge may be under way, to be undone; '
    'abandoned: the provider failed too often, to be undone and then declined; '
    'voided: never charged, and never will be';
comment on column payment.amount is 'in the minor unit; null when the refund came before the payment was asked for';
comment on column payment.attempts is 'how often a worker took it in its state, calls of the provider begun';
comment on column payment.due_at is 'when the worker is to call the provider next; null when nothing is left to do';
comment on column payment.claimed_until is
    'until then one instance has it in hand, by the clock of the database; past or null: nobody has';
comment on column payment.last_failure is 'what the provider failed with last; for people';
comment on column payment.correlation_id is 'with causation_id and traceparent: of the last command, for the events it leads to';

create table simulated_charge (
    idempotency_key text        primary key,
    outcome         text        not null check (outcome in ('charged', 'declined', 'voided')),
    charged         bigint      not null,
    refunded        bigint      not null default 0,
    currency        text,
    booked_at       timestamptz not null default now(),
    check (charged >= 0 and (charged = 0 or outcome = 'charged')),
    check (refunded in (0, charged)),
    check ((currency is null) = (outcome = 'voided'))
);
comment on table simulated_charge is
    'The books of the simulated payment provider, which knows nothing of the table payment. One row for each key.';
comment on column simulated_charge.charged is 'in the minor unit';
comment on column simulated_charge.refunded is 'nothing or all of it';
comment on column simulated_charge.outcome is 'voided: undone before it was charged, so it is declined when it comes';

create view reconciliation as
select currency,
       coalesce(sum(held), 0)    as provider_holds,
       coalesce(sum(taken), 0)   as payments_hold,
       coalesce(sum(unsettled), 0) as unsettled
  from (select currency, charged - refunded as held, 0 as taken, 0 as unsettled
          from simulated_charge
         where currency is not null
        union all
        select currency,
               0,
               case when state in ('taken', 'refund_requested') then amount else 0 end,
               case when due_at is null then 0 else 1 end
          from payment
         where currency is not null) as entry
 group by currency;
comment on view reconciliation is
    'The proof that no money is lost or taken twice: where unsettled is 0, provider_holds equals payments_hold.';
