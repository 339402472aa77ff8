-- The two roles. The owner runs migrations; the web role serves pages and works jobs, and can
-- neither change tables nor look past row-level security.
SELECT format('CREATE ROLE %I LOGIN', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT format('CREATE ROLE %I LOGIN', :'web')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'web') \gexec
ALTER ROLE :"owner" NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE :"web" NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'web_password';
