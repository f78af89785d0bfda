-- A delivery log: ATTEMPTS attempts at half as many deliveries of twenty endpoints, over the last ninety days.
-- :organisation stands for its id. Ids tell their time, as ours do; what follows the time is a number.
set session_replication_role = replica;
create function pg_temp.made(prefix text, at timestamptz, n bigint) returns text language sql immutable as $$
    select prefix || '_' || string_agg(
        substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + ((extract(epoch from at) * 1000)::bigint >> (45 - 5 * i)
            & 31)::int, 1), '' order by i) || lpad(n::text, 16, '0')
    from generate_series(0, 9) i
$$;
create function pg_temp.endpoint(n bigint) returns text language sql immutable
    as $$ select 'whe_0' || lpad((n % 20)::text, 25, '0') $$;
create temp table numbered as
    select n, now() - interval '90 days' * (1 - n / (ATTEMPTS / 2.0)) - interval '1 minute' as at
    from generate_series(1, ATTEMPTS / 2) n;

insert into delivery (
    organisation_id, id, version, created_at, updated_at, endpoint_id, event_id, event_type, sequence, status, attempts,
    due_at, last_status
)
select
    :organisation, pg_temp.made('dlv', at, n), 3, at, at, pg_temp.endpoint(n), pg_temp.made('evt', at, n),
    'session.scheduled', n, case when n / 20 % 50 = 0 then 'dead' else 'delivered' end, 2, at, 200
from numbered;

insert into attempt (
    organisation_id, id, version, created_at, updated_at, delivery_id, endpoint_id, number, started_at, elapsed_ms,
    status, error, address, response, request_headers
)
select
    :organisation, pg_temp.made('tri', at + try * interval '1 second', n * 2 + try), 1, at, at,
    pg_temp.made('dlv', at, n), pg_temp.endpoint(n), try, at, 40 + n % 50, case try when 1 then 503 else 200 end,
    case try when 1 then 'status' end, '203.0.113.7', 'ok',
    jsonb_build_object('content-type', 'application/json', 'flipside-attempt', try::text, 'webhook-signature', '***')
from numbered, generate_series(1, 2) try;
set session_replication_role = origin;
