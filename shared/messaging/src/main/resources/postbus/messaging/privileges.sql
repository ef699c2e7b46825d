-- Who may do what in the schema on the search path. Run by its owner after every migration, so tables that a service made
-- for itself have their rights as well; run again it changes nothing. Rights that others gave are left alone.
--
-- Roles that cannot log in, for logins to be granted: postbus_SERVICE works for one service, postbus_relay relays the messages
-- of all and does what outbox.jar does. They belong to the whole server, so they are made once; where the owner may not
-- make roles and nobody did, there is nobody to give rights to, and all is as without them.
do $$
declare
    service constant text := current_schema();
    own     constant text := 'postbus_' || service;
    relay   constant text := 'postbus_relay';
    right_to_give text;
    missing text;
begin
    if not pg_has_role((select nspowner from pg_namespace where nspname = service), 'usage') then
        return; -- who only uses what the owner has migrated
    end if;

    -- Two that give one right at once would fail
    perform pg_advisory_xact_lock(hashtextextended('postbus.privileges', 0));

    if (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) then
        foreach missing in array array[own, relay] loop
            if not exists (select from pg_roles where rolname = missing) then
                begin
                    execute format('create role %I nologin', missing);
                exception when duplicate_object or unique_violation then
                    null; -- a migration in another database of this server was quicker
                end;
            end if;
        end loop;
    end if;

    -- So no login plants anything where others look for it; from Postgres 15 on it is so by itself
    if (select pg_has_role(n.nspowner, 'usage') and has_schema_privilege('public', n.oid, 'create')
          from pg_namespace n where n.nspname = 'public') then
        revoke create on schema public from public;
    end if;

    for right_to_give in
        with message_table (name, service_rights, relay_rights) as (values
                ('outbox',               '{select,insert}',               '{select,insert,delete}'),
                ('ledger',               '{select}',                      '{select,insert,delete}'),
                ('ledger_head',          '{select}',                      '{select,update}'),
                ('ledger_pruned',        '{select,update}',               '{select,update}'),
                ('ledger_mark',          '{select}',                      '{select,insert,delete}'),
                ('subscription',         '{select,insert,update}',        '{select,insert,update,delete}'),
                ('scheduled',            '{select,insert,update,delete}', '{select,update,delete}'),
                ('subscription_cursor',  '{select,insert,update,delete}', '{select,update}'),
                ('parked_message',       '{select,insert,update,delete}', '{select,update,delete}'),
                ('dead_letter_decision', '{select,insert}',               '{select,insert}'),
                ('replay',               '{select,insert}',               '{select,insert}'),
                ('pause_decision',       '{select,insert}',               '{select,insert}'),
                ('reply',                '{select,insert,update,delete}', '{}'),
                ('messaging_history',    '{select}',                      '{select}'),
                ('service_history',      '{select}',                      '{}')
        ),
        wanted (role, on_what, privileges) as (
            select own, c.oid, coalesce(m.service_rights, '{select,insert,update,delete}')::text[]
              from pg_class c
              left join message_table m on m.name = c.relname
             where c.relnamespace = service::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
            union all
            select relay, c.oid, m.relay_rights::text[]
              from pg_class c
              join message_table m on m.name = c.relname
             where c.relnamespace = service::regnamespace and c.relkind = 'r'
        )
        select format('grant %s on table %s to %I', string_agg(p.privilege, ', '), w.on_what::regclass, w.role)
          from wanted w
          join pg_roles r on r.rolname = w.role
         cross join unnest(w.privileges) as p (privilege)
         where not has_table_privilege(r.oid, w.on_what, p.privilege)
         group by w.on_what, w.role
        union all
        select format('grant usage on schema %I to %I', service, r.rolname)
          from pg_roles r
         where r.rolname in (own, relay) and not has_schema_privilege(r.oid, service::regnamespace, 'usage')
        union all
        select format('grant usage on sequence %s to %I', c.oid::regclass, r.rolname)
          from pg_class c, pg_roles r
         where c.relnamespace = service::regnamespace and c.relkind = 'S' and r.rolname = own
           and not has_sequence_privilege(r.oid, c.oid, 'usage')
    loop
        execute right_to_give;
    end loop;
end $$
