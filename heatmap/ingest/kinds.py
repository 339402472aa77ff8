"""What each kind of layer is made of: fields, units, names that people give them, likely values.

One frozen record a kind. The reader process, the services and the pages read the same records;
texts are marked for translation here and translated where they are shown.
"""

from dataclasses import dataclass


def _(text: str) -> str:
    """Mark a text for translation without translating it here."""
    return text


POINT, LINE, AREA = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a feature: what it is called, in which unit it is kept, what is plausible."""

    name: str
    label: str
    aliases: str = ""
    type: str = "number"  # number, whole, text, words, id, months
    unit: str = ""
    units: tuple[str, ...] = ()  # other units of storage that the kind knows how to use
    plausible: tuple[float, float] | None = None
    lowest: float | None = None  # below this a value is an error and read as missing
    longest: int = 200
    words: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None  # word for texts that are not in `words`; None keeps the text
    if_missing: str | bool | None = None
    needed: bool = False
    gap: str = ""
    example: tuple[object, object] = ("", "")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of layer."""

    name: str
    label: str
    layer_name: str
    fields: tuple[Field, ...]
    shapes: tuple[int, ...]
    aliases: str
    table: str = ""
    margin_m: float = 0.0
    checks_overlaps: bool = False
    checks_ends: bool = False
    constants: tuple[tuple[str, object], ...] = ()
    example_shape: str = "area"

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


REF = Field(
    "ref",
    _("Id"),
    "ref id parcel_id parcelid flurstueck flurstuecksnummer flstkennz fs_kennz flurstueckskennzeichen "
    "kennzeichen kennung gml_id nummer nr objectid fid gid osm_id uuid oid objekt_id kiinteistotunnus "
    "tunnus fastighet beteckning matrikelnr matrikelnummer identifiant idu numero parcelle lokalid "
    "inspireid localid objid",
    type="id",
    longest=80,
    gap=_("Without an id the rows are numbered; a later file cannot be compared with this one."),
    example=("0012/7", "0013"),
)
NAME = Field(
    "name",
    _("Name"),
    "name bezeichnung label nimi namn navn nom libelle titel title beschreibung designation",
    type="text",
    example=("South", "East"),
)
VOLTAGE = Field(
    "voltage_kv", _("Voltage"),
    "voltage spannung nennspannung spannungsebene jannite spaenning spaending tension voltage_level",
    unit="kV", plausible=(0.2, 400), lowest=0.0, example=(10, 20),
)  # fmt: skip
RATING = Field(
    "rating_kva", _("Rating"),
    "rating nennleistung bemessungsleistung trafoleistung transformatorleistung scheinleistung "
    "apparent_power rated_power sr_kva rating_kva kva nimellisteho maerkeffekt puissance_nominale "
    "puissance_apparente thermal_rating",
    unit="kVA", plausible=(50, 200_000), lowest=0.0,
    gap=_("Without a rating the grid headroom of the places near it is unknown."),
    example=(630, 1000),
)  # fmt: skip
FIRM = Field(
    "firm_capacity_kva", _("Firm capacity"),
    "firm_capacity gesicherte_leistung n-1_leistung n1_leistung firm taattu_kapasiteetti "
    "garanterad_kapacitet capacite_garantie",
    unit="kVA", plausible=(50, 200_000), lowest=0.0, example=(600, 950),
)  # fmt: skip
PEAK = Field(
    "peak_load_kw", _("Peak load"),
    "peak_load hoechstlast spitzenlast max_last jahreshoechstlast maximallast peak_demand last_max "
    "huippukuorma huipputeho topplast spidsbelastning spidslast pointe charge_maximale",
    unit="kW", plausible=(10, 200_000), lowest=0.0,
    gap=_("Without a peak load the grid headroom of the places near it is unknown."),
    example=(410, 700),
)  # fmt: skip
FIRM_HEADROOM = Field(
    "firm_headroom_kw", _("Firm headroom"),
    "firm_headroom headroom freie_leistung freie_kapazitaet gesicherte_reserve anschlussreserve "
    "vapaa_kapasiteetti ledig_kapacitet ledig_kapacitet_fast capacite_disponible available_capacity "
    "hosting_capacity",
    unit="kW", plausible=(0, 200_000), lowest=0.0, example=(150, 200),
)  # fmt: skip
FLEXIBLE_HEADROOM = Field(
    "flexible_headroom_kw", _("Flexible headroom"),
    "flexible_headroom flexible_leistung abschaltbare_leistung non_firm_headroom joustava_kapasiteetti "
    "flexibel_kapacitet fleksibel_kapacitet capacite_flexible interruptible_capacity",
    unit="kW", plausible=(0, 200_000), lowest=0.0, example=(300, 350),
)  # fmt: skip
CURTAILED = Field(
    "curtailed_mwh_per_a", _("Curtailed energy"),
    "curtailed curtailment abgeregelt abgeregelte_energie einspeisemanagement ausfallarbeit redispatch "
    "rajoitettu_energia begraensad_energi energie_ecretee",
    unit="MWh/a", plausible=(0, 500_000), lowest=0.0, example=(120, 0),
)  # fmt: skip
COMMITTED = Field(
    "committed_kw", _("Committed power"),
    "committed zugesagt zugesagte_leistung reserviert reservierte_leistung vorgemerkt committed_power "
    "reserved_power varattu_teho reserverad_effekt reserveret_effekt puissance_reservee",
    unit="kW", plausible=(0, 200_000), lowest=0.0, example=(0, 250),
)  # fmt: skip
GRID_FIELDS = (
    VOLTAGE, RATING, FIRM, PEAK, FIRM_HEADROOM, FLEXIBLE_HEADROOM, CURTAILED, COMMITTED,
)  # fmt: skip

USES = (
    ("residential", "residential wohnen wohngebaeude wohnhaus wohnung mfh mehrfamilienhaus apartments "
     "flats bostad flerbostadshus asuinkerrostalo asuinrakennus kerrostalo etageboliger collectif "
     "residentiel logement dormitory wohnblock"),
    ("house", "house efh einfamilienhaus zweifamilienhaus reihenhaus doppelhaus detached villa smaahus "
     "omakotitalo pientalo parcelhus raekkehus maison terrace bungalow"),
    ("office", "office buero buerogebaeude verwaltung kontor toimisto bureau bureaux offices"),
    ("school", "school schule grundschule gymnasium koulu skola skole ecole lycee college_school"),
    ("kindergarten", "kindergarten kita kindertagesstaette paeivaekoti foerskola boernehave creche"),
    ("hospital", "hospital krankenhaus klinik sairaala sjukhus sygehus hopital clinic"),
    ("university", "university universitaet hochschule yliopisto universitet universite"),
    ("public", "public rathaus oeffentlich town_hall townhall feuerwehr offentlig julkinen mairie"),
    ("culture", "culture museum theater theatre kirche church kirkko kyrka kirke eglise kultur"),
    ("sports", "sports sporthalle turnhalle schwimmbad urheilu idrott gymnase sport"),
    ("hotel", "hotel hotelli hotell"),
    ("retail", "retail handel einzelhandel supermarkt laden myymaelae butik commerce shop"),
    ("commercial", "commercial gewerbe gewerblich liike kommersiell erhverv commercial_building"),
    ("industrial", "industrial industrie fabrik produktion werkstatt teollisuus industri usine"),
    ("unheated", "unheated garage garages schuppen scheune lager carport shed barn vaja lada "
     "unbeheizt hangar"),
)  # fmt: skip

ZONING = Field(
    "zoning", _("Zoning"),
    "zoning zoning_code nutzung gebietsart baugebiet bauflaeche nutzungsart kaava kaavamerkintae "
    "kaavayksikkoe detaljplan planbestaemmelse zonage zone_plu libelle_zone typezone art_der_nutzung "
    "zone landuse land_use",
    type="text", longest=60, if_missing="unknown",
    gap=_("Without zoning the legal check of these parcels stays unknown."),
    example=("GE", "GI"),
)  # fmt: skip
OWNERSHIP = Field(
    "ownership", _("Ownership"),
    "ownership owner owner_class eigentum eigentuemer eigentumsart omistaja omistus aegare ejer "
    "proprietaire besitzer ejerforhold eigentuemerart",
    type="text", longest=60, if_missing="unknown",
    gap=_("Without the owner nobody can tell which parcels the town may decide on."),
    example=("municipal", "private"),
)  # fmt: skip
DEMAND_NAMES = (
    "heat_demand demand waermebedarf waerme waermeverbrauch heizwaermebedarf heizwaerme nutzwaerme "
    "heizenergie jahreswaermebedarf waermedichte heat heatdemand heat_density heat_dem lineardensity "
    "linear_heat_density waermeliniendichte liniendichte energiebedarf endenergie verbrauch "
    "lammontarve laemmoentarve laemmitys laemmoenkulutus vaermebehov vaarmebehov uppvaermning "
    "varmebehov varmeforbrug varmebehov_aar besoin_chaleur chaleur demande_chaleur consommation hdm "
    "bedarf fjaernvaerme fjernvarme kaukolaempoe annual_heat density"
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "heat_demand", _("Heat demand"), "Heat demand per 100 m cell",
        (
            REF, NAME,
            Field("heat_demand_mwh_per_a", _("Heat demand"), DEMAND_NAMES, unit="MWh/a",
                  units=("MWh/(m a)", "MWh/(ha a)"), plausible=(0.1, 100_000), lowest=0.0,
                  needed=True, example=(120.5, 80)),
            Field("buildings", _("Buildings"),
                  "buildings gebaeude anzahl_gebaeude gebaeudezahl n_buildings rakennukset byggnader "
                  "bygninger batiments", type="whole", plausible=(0, 10_000), lowest=0.0,
                  example=(4, 3)),
        ),
        (POINT, LINE, AREA),
        "heat demand heatdemand waermebedarf waerme waermedichte heat_density laemmoentarve vaermebehov "
        "varmebehov besoin chaleur waermekataster waermeatlas liniendichte consumption verbrauch",
        table="heatmap_heatdemandcell", margin_m=2000.0,
    ),
    Kind(
        "buildings", _("Buildings"), "Buildings with heat demand",
        (
            REF, NAME,
            Field("use", _("Use"),
                  "use gebaeudenutzung gebaeudefunktion gebaeudeart nutzung funktion gfk building "
                  "building_type type usage kaeyttoetarkoitus anvaendning anvendelse ejendomstype fonction "
                  "usage_1 building_use typ art fclass function currentuse",
                  type="words", words=USES, otherwise="unknown", if_missing="unknown",
                  gap=_("Buildings without a use get the load shape of an office."),
                  example=("residential", "office")),
            Field("storeys", _("Storeys"),
                  "storeys floors levels geschosse geschosszahl aog anzahl_geschosse stockwerke "
                  "building_levels kerrosluku kerroksia kerrokset vaaningar etager nb_etages etages "
                  "nombre_d_etages stories numberoffloors", plausible=(1, 60), lowest=0.0,
                  example=(4, 2)),
            Field("heat_demand_mwh_per_a", _("Heat demand"), DEMAND_NAMES, unit="MWh/a",
                  plausible=(1, 50_000), lowest=0.0,
                  gap=_("Buildings without heat demand do not count as customers of the network."),
                  example=(85.5, 40)),
        ),
        (AREA, POINT),
        "buildings building gebaeude hausumringe haeuser hu rakennukset rakennus byggnader byggnad "
        "bygninger bygning batiments batiment bati footprints alkis_gebaeude",
        table="heatmap_building", margin_m=2000.0, checks_overlaps=True,
        constants=(("storeys_assumed", False),),
    ),
    Kind(
        "pipes", _("Heat network"), "Heat network",
        (
            REF, NAME,
            Field("dn_mm", _("Nominal diameter"),
                  "dn diameter durchmesser nennweite nw dimension dim halkaisija diametri diameter_mm "
                  "roerdimension roerstoerrelse diametre innendurchmesser", type="whole", unit="mm",
                  plausible=(15, 1400), lowest=0.0,
                  gap=_("Without the diameter the network's hydraulic limit is unknown."),
                  example=(100, 65)),
            Field("flow_share", _("Share of the network's heat"),
                  "flow_share anteil_durchfluss flow_fraction anteil", unit="share",
                  plausible=(0, 1), lowest=0.0,
                  gap=_("Without the share of heat in each pipe the uptake near it is unknown."),
                  example=(0.6, 0.25)),
            Field("supply_degc", _("Supply temperature"),
                  "supply_temperature supply_temp vorlauf vorlauftemperatur t_vl tvl vl_temp "
                  "flow_temperature t_supply menolaempoetila meno framledning fremloeb fremloebstemperatur "
                  "temperature_depart depart supply", unit="degC", plausible=(30, 160),
                  gap=_("Without pipe temperatures the town's heating curve is used."),
                  example=(90, 85)),
            Field("return_degc", _("Return temperature"),
                  "return_temperature return_temp ruecklauf ruecklauftemperatur t_rl trl rl_temp "
                  "t_return paluulaempoetila paluu returledning retur returtemperatur temperature_retour "
                  "retour return", unit="degC", plausible=(15, 90), example=(55, 50)),
            Field("design_flow_kg_per_s", _("Design flow"),
                  "flow design_flow durchfluss massenstrom volumenstrom mass_flow virtaama floede "
                  "flow_rate debit", unit="kg/s", plausible=(0.01, 5000), lowest=0.0,
                  example=(12, 4.5)),
            Field("pipe_count", _("Pipes in the trench"),
                  "pipe_count leiter leiteranzahl rohre anzahl_rohre pipes_per_trench leitersystem "
                  "putkien_maara antal_roer nb_tubes", type="whole", plausible=(1, 4), lowest=1.0,
                  example=(2, 2)),
        ),
        (LINE,),
        "pipes pipe network leitungen leitung fernwaerme waermenetz rohrnetz trasse nahwaerme "
        "kaukolaempoe putki putket fjaernvaerme ledningar fjernvarme roer reseau canalisation "
        "district_heating dhn heat_network",
        table="heatmap_pipe", margin_m=2000.0, checks_ends=True, example_shape="line",
    ),
    Kind(
        "substations", _("Substations"), "Substations", (REF, NAME, *GRID_FIELDS),
        (POINT, AREA),
        "substations substation umspannwerk umspannwerke trafo trafostation ortsnetzstation "
        "netzstation transformer muuntamo muuntamot saehkoeasema transformatorstation naetstation "
        "poste_source postes transformateur station stationen",
        table="heatmap_substation", margin_m=5000.0, example_shape="point",
    ),
    Kind(
        "feeders", _("Feeders"), "Feeders", (REF, NAME, *GRID_FIELDS),
        (LINE,),
        "feeders feeder leitungsabgang abgang stromleitung stromnetz mittelspannung kabel freileitung "
        "powerline power_lines syoettoe johtolaehtoe matarledning foedeledning depart_hta ligne "
        "lignes_electriques mv_lines cables",
        table="heatmap_feeder", margin_m=5000.0, example_shape="line",
    ),
    Kind(
        "grid_model", _("Grid model"), "Grid model",
        (
            REF, NAME,
            Field("part_kind", _("Part of the grid"), "part_kind", type="text", longest=10, needed=True,
                  example=("bus", "line")),
            VOLTAGE, RATING,
        ),
        (POINT, LINE),
        "grid_model", table="heatmap_gridmodelpart", margin_m=30_000.0, example_shape="line",
    ),
    Kind(
        "parcels", _("Candidate parcels"), "Candidate parcels",
        (
            REF, NAME, ZONING, OWNERSHIP,
            Field("price_eur_per_m2", _("Land price"),
                  "price land_price bodenrichtwert brw preis kaufpreis grundstueckspreis hinta "
                  "neliöhinta markpris tomtpris grundpris prix prix_m2", unit="EUR/m2",
                  plausible=(1, 5000), lowest=0.0, example=(80, 120)),
            Field("area_stated_m2", _("Area as stated"),
                  "area flaeche flaeche_m2 amtliche_flaeche afl groesse pinta_ala pinta-ala ala areal "
                  "surface superficie contenance grundstuecksflaeche shape_area areavalue", unit="m2",
                  plausible=(10, 5_000_000), lowest=0.0, example=(1200, 2000)),
            Field("slope_percent", _("Slope"),
                  "slope slope_percent neigung hangneigung gefaelle kaltevuus lutning haeldning pente",
                  unit="%", plausible=(0, 100), lowest=0.0, example=(2, 4)),
        ),
        (AREA,),
        "parcels parcel flurstuecke flurstueck grundstueck grundstuecke liegenschaften kataster "
        "kiinteistoet kiinteistoe tontti tontit fastigheter fastighet tomter matrikel jordstykke "
        "parcelle parcelles cadastre flaechen potenzialflaechen cadastral",
        table="heatmap_parcel", checks_overlaps=True, constants=(("parcel_kind", "uploaded"),),
    ),
    Kind(
        "constraints", _("Constraints"), "Constraints",
        (
            REF, NAME,
            Field("constraint_kind", _("Kind"),
                  "constraint_kind constraint kind art schutzart typ type kategorie category "
                  "schutzgebiet luokka tyyppi kategori natura designation gebietstyp zonetype "
                  "specialisedzonetype fclass",
                  type="words", longest=30, if_missing="other", otherwise="other", words=(
                      ("flood_extreme", "flood_extreme hqextrem hq_extrem extremhochwasser"),
                      ("flood", "flood ueberschwemmung ueberschwemmungsgebiet hochwasser hq100 hq tulva "
                       "oeversvaemning oversvoemmelse inondation flood_zone"),
                      ("water_protection_inner", "water_protection_inner zone_i zone_1 zone_ii zone_2 "
                       "wsg_i wsg_ii schutzzone_i schutzzone_ii wasserschutzzone_i wasserschutzzone_ii "
                       "wsg_zone_i wsg_zone_ii"),
                      ("water_protection_outer", "water_protection_outer zone_iii zone_3 zone_iiia "
                       "zone_iiib wsg_iii schutzzone_iii wasserschutzzone_iii wsg_zone_iii"),
                      ("water_protection", "water_protection wasserschutz wasserschutzgebiet wsg "
                       "trinkwasserschutz trinkwasserschutzgebiet pohjavesi vattenskydd "
                       "grundvandsbeskyttelse captage"),
                      ("water", "water gewaesser wasser see fluss vesi vatten soe vand eau river lake "
                       "wasserflaeche"),
                      ("landscape", "landscape lsg landschaftsschutz landschaftsschutzgebiet "
                       "landscape_protection landskapsskydd maisemansuojelu"),
                      ("contaminated", "contaminated altlast altlasten altlastenflaeche altablagerung "
                       "contaminated_land pilaantunut foerorenad forurenet"),
                      ("nature_reserve", "nature nature_reserve naturschutz naturschutzgebiet nsg ffh natura_2000 natura2000 "
                       "vogelschutzgebiet biotop luonnonsuojelu naturreservat fredning naturbeskyttelse "
                       "espace_naturel znieff protected_area"),
                      ("forest", "forest wald wood metsae skog skov foret"),
                      ("monument", "monument denkmal denkmalschutz bodendenkmal baudenkmal "
                       "muinaisjaeaennoes fornlaemning fortidsminde heritage monument_historique"),
                      ("noise_sensitive", "noise_sensitive noise laerm laermempfindlich sensitive school "
                       "schule hospital krankenhaus kita melu buller stoej bruit"),
                      ("residential", "residential wohngebiet wohnbauflaeche wohnen wr wa asuinalue "
                       "bostadsomraade boligomraade habitat"),
                  ),
                  gap=_("A constraint without a kind is shown but not judged."),
                  example=("flood", "nature_reserve")),
        ),
        (AREA, LINE, POINT),
        "constraints constraint schutzgebiete schutzgebiet schutz ueberschwemmung hochwasser flood "
        "naturschutz wasserschutz wald denkmal gewaesser tulva luonnonsuojelu skydd reservat fredning "
        "contraintes inondation protection restriktionen ausschluss protected",
        table="heatmap_constraint", margin_m=2000.0,
    ),
    Kind(
        "streets", _("Streets"), "Streets",
        (
            REF, NAME,
            Field("street_kind", _("Kind"),
                  "street_kind highway strassenart klasse class type fclass wegeart tieluokka "
                  "vaegklass vejklasse nature_route categorie roadtype widmung",
                  type="text", longest=30, if_missing="unclassified",
                  example=("residential", "tertiary")),
        ),
        (LINE,),
        "streets street roads road strassen strasse wege kadut tiet gator vaegar veje vej rues voirie "
        "routes strassennetz highways",
        table="heatmap_street", margin_m=2000.0, example_shape="line",
    ),
    Kind(
        "plants", _("Heat plants"), "Heat plants",
        (
            REF, NAME,
            Field("plant_kind", _("Kind"),
                  "plant_kind anlagentyp anlagenart type typ art technologie technology tyyppi "
                  "laitostyyppi anlaeggningstyp anlaegstype type_installation",
                  type="words", longest=30, if_missing="heating_plant", otherwise="heating_plant",
                  words=(
                      ("heat_and_power", "heat_and_power chp bhkw kwk hkw heizkraftwerk blockheizkraftwerk "
                       "cogeneration yhteistuotanto kraftvaerme kraftvarme cogeneration"),
                      ("boiler", "boiler kessel heizkessel gaskessel kattila panna kedel chaudiere"),
                      ("heating_plant", "heating_plant heizwerk hw laempoekeskus laempoelaitos vaermeverk "
                       "varmevaerk chaufferie"),
                      ("heat_pump", "heat_pump waermepumpe grosswaermepumpe laempoepumppu vaermepump "
                       "varmepumpe pompe_a_chaleur"),
                      ("waste_heat", "waste_heat abwaerme mva muellverbrennung hukkalaempoe spillvaerme "
                       "overskudsvarme chaleur_fatale waste_incineration"),
                      ("solar", "solar solarthermie aurinko sol solaire"),
                      ("geothermal", "geothermal geothermie geoterm"),
                  ), example=("boiler", "heat_and_power")),
            Field("fuel", _("Fuel"),
                  "fuel brennstoff energietraeger polttoaine braensle braendsel combustible "
                  "energy_source", type="text", longest=30, example=("gas", "biomass")),
            Field("capacity_kw", _("Thermal capacity"),
                  "capacity thermische_leistung leistung waermeleistung thermal_capacity laempoeteho teho "
                  "vaermeeffekt effekt varmeeffekt puissance_thermique puissance power output",
                  unit="kW", plausible=(10, 2_000_000), lowest=0.0,
                  gap=_("Without capacities the displaced heat source cannot be checked."),
                  example=(12000, 4000)),
            Field("must_run_kw", _("Must-run output"),
                  "must_run mindestleistung mindesterzeugung must_run_kw minimum_load minimiteho "
                  "minlast minimumslast puissance_minimale", unit="kW", plausible=(0, 2_000_000),
                  lowest=0.0, example=(0, 1500)),
            Field("marginal_cost_eur_per_mwh", _("Marginal cost of each month"),
                  "marginal_cost grenzkosten waermegestehungskosten mc variable_cost rajakustannus "
                  "marginalkostnad marginalomkostning cout_marginal", type="months", unit="EUR/MWh",
                  plausible=(-50, 400),
                  gap=_("Without marginal cost by month the value of the displaced heat is unknown."),
                  example=(62, 48)),
        ),
        (POINT, AREA),
        "plants plant heat_plant heizwerk heizwerke erzeuger erzeugung kraftwerk heizkraftwerk bhkw "
        "laempoelaitos vaermeverk varmevaerk chaufferie centrale erzeugungsanlagen generation",
        table="heatmap_plant", margin_m=5000.0, example_shape="point",
    ),
)  # fmt: skip
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
AS_MODEL = ("grid_model",)
"""Kinds that come as a model of their own format, not as a table of features."""
BROUGHT = (*BY_NAME, "series")
"""Kinds that people bring; the others are only derived."""
SERIES_NAMES = {
    "price_eur_per_mwh": "price preis spotpreis day_ahead dayahead strompreis hinta sahkon_hinta pris "
    "elpris spotpris prix spot boersenpreis eur_mwh",
    "temperature_degc": "temperature temperatur temp aussentemperatur lufttemperatur t ulkolaempoetila "
    "laempoetila utetemperatur lufttemp air_temperature t2m tt",
    "heat_load_kw": "heat_load waermelast waermeleistung waermeabgabe netzeinspeisung_waerme laempoeteho "
    "vaermeeffekt varmeeffekt puissance_thermique thermal_load heatload",
    "supply_degc": "supply_degc vorlauf vorlauftemperatur supply_temperature menolaempoetila "
    "framledningstemperatur fremloebstemperatur temperature_depart",
    "return_degc": "return_degc ruecklauf ruecklauftemperatur return_temperature paluulaempoetila "
    "returtemperatur temperature_retour",
    "residual_t_per_mwh": "residual_t_per_mwh residual residual_mix residualmix restmix reststrommix residual_factor "
    "jaannosjakauma residualmixen restproduktion",
    "grid_t_per_mwh": "grid_t_per_mwh grid_gco2_per_kwh emission_factor emissionsfaktor grid_factor carbon_intensity co2_intensity "
    "co2_intensitaet co2_emission emissionen_strommix paastokerroin emissionsfaktor_el udledning "
    "facteur_emission co2emission gco2 co2 carbon_intensity_gco2eq_kwh direct lifecycle",
    "load_kw": "load last leistung lastgang netzlast verbrauch kuorma teho kulutus effekt belastning "
    "forbrug charge puissance consommation power demand",
}
"""What a series can be, with the names that its column has."""
