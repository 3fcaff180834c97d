-- What check constraints cannot say: rejections and reasons never change, and the applicant stays until delivered.
-- Made anew after `migrate`.

create function guards.refuse_change_of_rejections() returns trigger language plpgsql as $$
begin
    raise exception 'rejections are written once'
        using errcode = 'restrict_violation', constraint = 'rejections_are_written_once';
end $$;
create trigger rejections_are_written_once before update or delete on rejections_rejection
    for each row execute function guards.refuse_change_of_rejections();
create trigger rejections_are_not_emptied before truncate on rejections_rejection
    for each statement execute function guards.refuse_change_of_rejections();

create function guards.check_new_rejection() returns trigger language plpgsql as $$
begin
    if not (select is_sosu from people_education where id = new.education_id) then
        raise exception 'only applicants to SOSU educations are registered'
            using errcode = 'check_violation', constraint = 'rejection_is_about_a_sosu_education';
    end if;
    if (select company_id from access_membership where id = new.registered_by_id) is distinct from new.company_id then
        raise exception 'only the staff of a company register its rejections'
            using errcode = 'check_violation', constraint = 'rejection_is_registered_by_its_companys_staff';
    end if;
    return new;
end $$;
create trigger rejection_is_as_the_law_says before insert on rejections_rejection
    for each row execute function guards.check_new_rejection();

create function guards.refuse_reuse_of_reasons() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.code = old.code then
        return new;
    end if;
    raise exception 'a reason is retired, never deleted, and its code stays its own'
        using errcode = 'restrict_violation', constraint = 'reason_keeps_its_code_for_good';
end $$;
create trigger reason_keeps_its_code_for_good before update or delete on rejections_rejectionreason
    for each row execute function guards.refuse_reuse_of_reasons();
create trigger reasons_are_not_emptied before truncate on rejections_rejectionreason
    for each statement execute function guards.refuse_reuse_of_reasons();

create function guards.require_confirmed_delivery() returns trigger language plpgsql as $$
begin
    if not exists (
        select from rejections_deliveredrejection delivered
        join rejections_delivery delivery on delivery.id = delivered.delivery_id
        where delivered.rejection_id = old.rejection_id and delivery.confirmed_at is not null
    ) then
        raise exception 'the applicant is kept until the delivery is confirmed'
            using errcode = 'restrict_violation', constraint = 'applicant_is_kept_until_delivered';
    end if;
    return old;
end $$;
create trigger applicant_is_kept_until_delivered before delete on rejections_applicant
    for each row execute function guards.require_confirmed_delivery();
