-- A mail that has gone stays as it went, and no mail becomes another's. Made anew after `migrate`.

create function guards.keep_mails_as_they_are() returns trigger language plpgsql as $$
begin
    if old.sent_at is not null then
        raise exception 'outgoing_mail_goes_once: a mail that has gone is not changed'
            using errcode = 'restrict_violation', constraint = 'outgoing_mail_goes_once';
    end if;
    if (new.kind, new.user_id, new.address, new.membership_id, new.organisation, new.counts, new.created_at)
        is distinct from
        (old.kind, old.user_id, old.address, old.membership_id, old.organisation, old.counts, old.created_at)
        or new.link not in (old.link, '')
    then
        raise exception 'outgoing_mail_stays_what_it_is: only how a mail is sent changes'
            using errcode = 'restrict_violation', constraint = 'outgoing_mail_stays_what_it_is';
    end if;
    return new;
end $$;
create trigger outgoing_mails_stay_as_they_are before update on notifications_outgoingmail
    for each row execute function guards.keep_mails_as_they_are();
