-- A target that a person deletes is nobody's when it is declared again.
create trigger notification_target_owner after delete on notification_target
  for each row execute function forget_declaration_owner('NotificationTarget');
