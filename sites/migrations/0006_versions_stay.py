"""What a run was made from cannot be deleted, whoever asks."""

from django.db import migrations

TRIGGER = [
    "CREATE POLICY owner_reads ON siting_run FOR SELECT TO CURRENT_USER USING (true)",
    """
    CREATE FUNCTION siting_run_keeps_versions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM siting_run r, jsonb_each(r.inputs -> 'layers') AS used
            WHERE r.municipality_id = OLD.municipality_id
              AND (used.value ->> 'version_id')::bigint = OLD.id
        ) THEN
            RAISE foreign_key_violation
                USING MESSAGE = 'a run was made from it', CONSTRAINT = 'run_rests_on_version';
        END IF;
        RETURN OLD;
    END
    $$
    """,
    "CREATE TRIGGER run_rests_on_version BEFORE DELETE ON heatmap_layerversion"
    " FOR EACH ROW EXECUTE FUNCTION siting_run_keeps_versions()",
]
BACK = [
    "DROP TRIGGER run_rests_on_version ON heatmap_layerversion",
    "DROP FUNCTION siting_run_keeps_versions()",
    "DROP POLICY owner_reads ON siting_run",
]


class Migration(migrations.Migration):
    dependencies = [("siting", "0005_foresight"), ("heatmap", "0008_derived_inputs")]
    operations = [migrations.RunSQL(TRIGGER, BACK)]
