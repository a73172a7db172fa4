"""The splitter's learned weights, read from the file that ships with the project."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from miner.errors import ModelError
from miner.split.binding import Network, SplitModels
from miner.split.roles import RoleModel
from miner.split.wording import Wording

__all__ = ["Models", "load_models", "save_models"]

_NAMES = ("boundary", "resume", "cut", "pair")


@dataclass(frozen=True, slots=True)
class Models:
    """All that the splitter learned."""

    roles: RoleModel
    networks: SplitModels


@lru_cache(maxsize=2)
def load_models(path: Path | None = None) -> Models:
    """Read the weights (by default those of the project); raises ModelError when the file is missing or damaged."""
    try:
        source = path.read_bytes() if path else files("miner.resources").joinpath("models/split.npz").read_bytes()
        with np.load(BytesIO(source), allow_pickle=False) as arrays:
            return _models({name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, KeyError) as error:
        where = str(path) if path else "miner/resources/models/split.npz"
        raise ModelError(f"the splitter's model cannot be read: {error}", where=where, hint="miner train split") from error


def _models(arrays: dict[str, Any]) -> Models:
    roles = RoleModel(
        arrays["roles_state"].astype(np.float32), arrays["roles_offsets"], arrays["roles_transitions"].astype(np.float32)
    )
    networks = {
        name: Network(
            arrays[f"{name}_hidden"].astype(np.float32),
            arrays[f"{name}_hidden_bias"].astype(np.float32),
            arrays[f"{name}_output"].astype(np.float32),
            float(arrays[f"{name}_output_bias"]),
        )
        for name in _NAMES
    }
    edges = (arrays["opener"].astype(np.float32), arrays["closer"].astype(np.float32))
    wording = Wording(arrays["pairs"], arrays["singles"], arrays["triples"], *edges)
    return Models(roles, SplitModels(**networks, wording=wording))


def save_models(models: Models, path: Path) -> None:
    """Write weights as half-precision arrays."""
    arrays: dict[str, Any] = {
        "roles_state": models.roles.state.astype(np.float16),
        "roles_offsets": models.roles.offsets,
        "roles_transitions": models.roles.transitions.astype(np.float16),
        **{name: getattr(models.networks.wording, name) for name in ("pairs", "singles", "triples")},
        "opener": models.networks.wording.opener.astype(np.float16),
        "closer": models.networks.wording.closer.astype(np.float16),
    }
    for name in _NAMES:
        network: Network = getattr(models.networks, name)
        arrays[f"{name}_hidden"] = network.hidden
        arrays[f"{name}_hidden_bias"] = network.hidden_bias
        arrays[f"{name}_output"] = network.output
        arrays[f"{name}_output_bias"] = np.float32(network.output_bias)
    np.savez_compressed(path, **arrays)
