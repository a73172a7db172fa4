"""The splitter's learned weights, read from the file that ships with the project."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from miner.errors import ModelError
from miner.split.binding import SmallNetwork, SplitModels
from miner.split.roles import Floats, RoleModel
from miner.split.sense import Sense
from miner.split.wording import Wording

__all__ = ["Models", "load_models", "save_models"]

_NAMES = ("boundary", "resume", "cut", "pair", "tear")
_ROLE_ARRAYS = ("state", "transitions", "bag", "edge", "bias", "taps", "tap_bias", "out", "out_bias")
_SENSE_ARRAYS = ("pairs", "openings", "closes", "head")
_LARGE = 100_000
"""Tables of more numbers are stored as bytes."""


@dataclass(frozen=True, slots=True)
class Models:
    """All that the splitter learned."""

    roles: RoleModel
    networks: SplitModels


@lru_cache(maxsize=2)
def load_models(path: Path | None = None) -> Models:
    """Read the weights (by default those of the project); raises ModelError when the file is missing or damaged."""
    try:
        source = (
            path.read_bytes() if path else files("miner.resources").joinpath("models/split.npz").read_bytes()
        )
        with np.load(BytesIO(source), allow_pickle=False) as arrays:
            return _models({name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        where = str(path) if path else "miner/resources/models/split.npz"
        raise ModelError(
            f"读不了切分模型 / the splitter's model cannot be read: {error}",
            where=where,
            hint="miner train split",
        ) from error


def _models(arrays: dict[str, Any]) -> Models:
    role_arrays = {name: _read(arrays, f"roles_{name}") for name in _ROLE_ARRAYS}
    roles = RoleModel(**role_arrays, offsets=arrays["roles_offsets"])
    networks = {
        name: SmallNetwork(
            arrays[f"{name}_hidden"].astype(np.float32),
            arrays[f"{name}_hidden_bias"].astype(np.float32),
            arrays[f"{name}_output"].astype(np.float32),
            float(arrays[f"{name}_output_bias"]),
        )
        for name in _NAMES
    }
    edges = (arrays["opener"].astype(np.float32), arrays["closer"].astype(np.float32))
    wording = Wording(arrays["pairs"], arrays["singles"], arrays["triples"], *edges)
    follow = (
        *(_read(arrays, f"follow_{name}") for name in ("hidden", "bias", "output")),
        float(arrays["follow_rest"]),
    )
    sense = Sense(**{name: _read(arrays, f"sense_{name}") for name in _SENSE_ARRAYS}, follow=follow)  # type: ignore[arg-type]
    return Models(roles, SplitModels(**networks, wording=wording, sense=sense))


def _read(arrays: dict[str, Any], name: str) -> Floats:
    table: Floats = arrays[name].astype(np.float32)
    return table * np.float32(arrays[f"{name}_scale"]) if f"{name}_scale" in arrays else table


def _small(name: str, table: Floats) -> dict[str, Any]:
    """Large tables as bytes with one scale, small ones in half precision."""
    if table.size < _LARGE:
        return {name: table.astype(np.float16)}
    scale = float(np.quantile(abs(table), 0.9995)) / 127
    return {
        name: np.clip(np.rint(table / scale), -127, 127).astype(np.int8),
        f"{name}_scale": np.float32(scale),
    }


def save_models(models: Models, path: Path) -> None:
    """Write weights in half precision, large tables as bytes."""
    wording, sense = models.networks.wording, models.networks.sense
    hidden, bias, output, rest = sense.follow
    arrays: dict[str, Any] = {
        "roles_offsets": models.roles.offsets,
        **{name: getattr(wording, name) for name in ("pairs", "singles", "triples")},
        "opener": wording.opener.astype(np.float16),
        "closer": wording.closer.astype(np.float16),
        "follow_hidden": hidden,
        "follow_bias": bias,
        "follow_output": output,
        "follow_rest": np.float32(rest),
    }
    for name in _ROLE_ARRAYS:
        arrays |= _small(f"roles_{name}", getattr(models.roles, name))
    for name in _SENSE_ARRAYS:
        arrays |= _small(f"sense_{name}", getattr(sense, name))
    for name in _NAMES:
        network: SmallNetwork = getattr(models.networks, name)
        arrays[f"{name}_hidden"] = network.hidden
        arrays[f"{name}_hidden_bias"] = network.hidden_bias
        arrays[f"{name}_output"] = network.output
        arrays[f"{name}_output_bias"] = np.float32(network.output_bias)
    np.savez_compressed(path, **arrays)
