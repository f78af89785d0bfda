-- So many active pairs ($2) in the organisation $1, each with ten sessions behind it: the first hundred days of a year
-- of 28-day cadences. One pair in four has not met for long enough to be told of.
with programme as (
  insert into programme (organisation_id, id, version, created_at, updated_at, name, model, status, purpose, objectives,
    starts_on, ends_on, cadence_min_days, cadence_target_days, cadence_max_days, session_minutes, min_rank_gap,
    require_cross_department, allows_late_intake, agreement_clauses, revision)
  values ($1, 'prg_' || lpad('1', 26, '0'), 1, now(), now(), 'Reverse mentoring', 'reverse', 'active', 'Learn.', '[]',
    current_date - 130, current_date + 400, 1, 14, 28, 60, 2, false, false, '[]', 1)
  returning id
), place as (
  select lpad(k::text, 25, '0') as name, k from generate_series(1, $2::int) k
), employed as (
  insert into person (organisation_id, id, version, created_at, updated_at, given_name, family_name, display_name,
    rank_level, zone, languages, employment_status, is_on_leave)
  select $1, 'per_' || side || name, 1, now(), now(), 'Somebody', name, 'Somebody', rank, 'UTC', '["en"]', 'active', false
  from place, (values ('1', 2), ('2', 7)) as sides(side, rank)
), enrolled as (
  insert into enrolment (organisation_id, id, version, created_at, updated_at, programme_id, person_id, role, status,
    capacity, live_pairings, minutes_per_month, offers, seeks, out_of_scope, interests, languages, zone,
    offer_levels, seek_weights, style, availability)
  select $1, 'enr_' || side || name, 1, now(), now(), programme.id, 'per_' || side || name, role, 'matched', 1, 1, 120,
    '[]', '[]', '[]', '[]', '["en"]', 'UTC', '{}', '{}', '{}', '[]'
  from programme, place, (values ('1', 'mentor'), ('2', 'mentee')) as sides(side, role)
), paired as (
  insert into pairing (organisation_id, id, version, created_at, updated_at, programme_id, mentor_enrolment_id,
    mentee_enrolment_id, mentor_id, mentee_id, status, health, rank_gap, starts_on, ends_on, cadence_min_days,
    cadence_target_days, cadence_max_days, activated_at, rhythm_since, health_due_at)
  select $1, 'pai_0' || name, 1, now(), now(), programme.id, 'enr_1' || name, 'enr_2' || name, 'per_1' || name,
    'per_2' || name, 'active', 'on_track', 5, current_date - 130, current_date + 400, 1, 14, 28,
    now() - interval '120 days', now() - interval '120 days', now()
  from programme, place
)
insert into session (organisation_id, id, version, created_at, updated_at, programme_id, pairing_id, number, status,
  starts_at, ends_at, zone, mode, reschedule_count, calendar_uid, calendar_sequence, cancelled_by)
select $1, 'ses_' || n || substr(name, 2) || '0', 1, now(), now(), programme.id, 'pai_0' || name, n + 1,
  case when n = 4 then 'cancelled' else 'completed' end, at, at + interval '1 hour', 'UTC', 'remote', 0,
  'ses@flipside', 0, case when n = 4 then 'per_1' || name end
from programme, place, generate_series(0, 9) n,
  lateral (select now() - make_interval(days => (case when k % 4 = 0 then 45 else 5 end) + 7 * (9 - n)) as at) t
