"""Hubs without storage, for tests of the hourly choice."""

from dataclasses import replace

import numpy as np

from engines.dispatch.heat_limited import DispatchInputs


def one_hub(hours: int = 8760, **changes) -> DispatchInputs:
    """A hub of 1000 kW IT on a roomy network and grid; one parcel, one year."""
    inputs = DispatchInputs(
        uptake_kw=np.full((1, hours), 500.0),
        heat_value_eur_per_mwh=np.full((1, hours), 40.0),
        heat_pump_per_heat=np.zeros((1, hours)),
        headroom_kw=np.full((1, hours), 2000.0),
        price_eur_per_mwh=np.full(hours, 60.0),
        network_of=np.array([0]),
        substation_of=np.array([0]),
        power_it_kw=np.array([1000.0]),
        pipe_loss_kw=np.array([10.0]),
        pump_kw=np.array([2.0]),
        compute_value_eur_per_mwh=np.array([100.0]),
        capture_share=0.96,
        auxiliary_share=0.03,
        dry_cooler_share=0.02,
        wear_eur_per_mwh=0.0,
        availability_share=1.0,
    )
    return replace(inputs, **changes)


def random_hub(seed: int, hours: int) -> DispatchInputs:
    """Hours in which every limit binds now and then; heat and compute are worth something."""
    rng = np.random.default_rng(seed)
    return one_hub(
        hours,
        uptake_kw=rng.choice([0.0, 5.0, 1.0, 1.0], (1, hours)) * rng.uniform(0, 1200, (1, hours)),
        heat_value_eur_per_mwh=rng.uniform(10, 80, (1, hours)),
        headroom_kw=rng.uniform(0, 1400, (1, hours)),
        price_eur_per_mwh=rng.normal(100, 90, hours),
        pipe_loss_kw=np.array([25.0]),
        pump_kw=np.array([6.0]),
        wear_eur_per_mwh=4.0,
    )
