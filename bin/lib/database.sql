-- What only a superuser may do inside the database, once.
CREATE EXTENSION IF NOT EXISTS postgis;
GRANT ALL ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"web";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"web";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE ON SEQUENCES TO :"web";
-- Under row-level security the planner only uses an index for functions that cannot leak rows.
-- The box test behind && compares two bounding boxes and tells nothing about either.
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
