-- A copy of a production database never reaches the production platform, and holds no credentials.
UPDATE chorus_pro_connection
   SET environment = 'qualification',
       place = 'qualification',
       custom_token_url = NULL,
       custom_api_url = NULL,
       custom_portal_url = NULL,
       custom_leads_to = 'custom',
       piste_client_id = NULL,
       piste_client_secret_value = NULL,
       technical_login = NULL,
       technical_password_value = NULL,
       proxy_address = NULL,
       proxy_login = NULL,
       proxy_password_value = NULL,
       edi_host = NULL,
       edi_login = NULL,
       edi_host_key = NULL,
       edi_key_value = NULL,
       edi_passphrase_value = NULL,
       edi_out = NULL,
       edi_in = NULL,
       edi_application = NULL,
       database_stamp = NULL,
       sends_when_confirmed = FALSE;
DELETE FROM chorus_pro_certificate;
DELETE FROM chorus_pro_token;
DELETE FROM chorus_pro_pace;
DELETE FROM chorus_pro_host;
DELETE FROM chorus_pro_setup;
DELETE FROM chorus_pro_exchange;
DELETE FROM ir_config_parameter WHERE key = 'l10n_fr_chorus_pro.monitoring_token_sha256';
-- What was on its way from the original must not leave from the copy too.
UPDATE chorus_pro_submission
   SET state = 'cancelled', next_try = NULL
 WHERE state IN ('queued', 'sending', 'uncertain');
UPDATE chorus_pro_flow
   SET state = 'dissolved', next_try = NULL
 WHERE state IN ('queued', 'sending', 'uncertain', 'deposited');
UPDATE chorus_pro_action
   SET state = 'cancelled', next_try = NULL
 WHERE state IN ('queued', 'sending', 'uncertain');
UPDATE account_move
   SET chorus_pro_state = 'cancelled', chorus_pro_needs_action = FALSE
 WHERE chorus_pro_state IN ('queued', 'sending', 'uncertain');
