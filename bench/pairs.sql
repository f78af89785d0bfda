-- Five thousand live pairs in the organisation $1 of bench/hris.py, far from each other in its tree: of ten neighbours
-- the first, of rank 1, mentors the eighth, of rank 8, of others.
with programme as (
  insert into programme (organisation_id, id, version, created_at, updated_at, name, model, status, purpose, objectives,
    starts_on, ends_on, cadence_min_days, cadence_target_days, cadence_max_days, session_minutes, min_rank_gap,
    require_cross_department, allows_late_intake, agreement_clauses, revision)
  values ($1, 'prg_' || lpad('1', 26, '0'), 1, now(), now(), 'Reverse mentoring', 'reverse', 'active', 'Learn.', '[]',
    current_date - 130, current_date + 400, 1, 14, 28, 60, 2, false, false, '[]', 1)
  returning id
), pair as (
  select k, lpad(k::text, 26, '0') as place, programme.id as programme_id, junior.id as mentor_id, senior.id as mentee_id
  from programme cross join generate_series(0, 4999) k
  join person junior on junior.organisation_id = $1 and junior.external_id = 'E-' || 10 * k
  join person senior on senior.organisation_id = $1 and senior.external_id = 'E-' || 10 * (4999 - k) + 7
), enrolled as (
  insert into enrolment (organisation_id, id, version, created_at, updated_at, programme_id, person_id, role, status,
    capacity, live_pairings, minutes_per_month, offers, seeks, out_of_scope, interests, languages, zone,
    offer_levels, seek_weights, style, availability)
  select $1, side.id, 1, now(), now(), programme_id, person_id, role, 'matched', 1, 1, 120, '[]', '[]', '[]', '[]',
    '["en"]', 'Europe/Paris', '{}', '{}', '{}', '[]'
  from pair, lateral (values ('enr_1' || substr(place, 2), mentor_id, 'mentor'), ('enr_2' || substr(place, 2), mentee_id, 'mentee'))
    as side(id, person_id, role)
)
insert into pairing (organisation_id, id, version, created_at, updated_at, programme_id, mentor_enrolment_id,
  mentee_enrolment_id, mentor_id, mentee_id, status, health, rank_gap, starts_on, ends_on, cadence_min_days,
  cadence_target_days, cadence_max_days, activated_at)
select $1, 'pai_' || place, 1, now(), now(), programme_id, 'enr_1' || substr(place, 2), 'enr_2' || substr(place, 2), mentor_id,
  mentee_id, 'active', 'on_track', 7, current_date - 130, current_date + 400, 1, 14, 28, now()
from pair
