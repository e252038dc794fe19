"""Convolutions computed only where an image has something: far from it they say the same everywhere."""

from alcore.extras import optional_imports

with optional_imports():
    import torch
    from torch import Tensor, nn


class Windowed(nn.Module):
    """Layers without padding, applied to the part of a chunk of images that is not zero.

    What sees nothing but zeros comes out the same at every place, and is computed once. On MNIST this leaves
    four fifths of the work, if images that are alike in where they begin and end come together: see
    `by_window`.
    """

    def __init__(self, layers: nn.Sequential, *, stride: int, reach: int) -> None:
        """Layers whose output at place p sees the input from `stride * p` to `stride * p + reach`."""
        super().__init__()
        self.layers, self.stride, self.reach = layers, stride, reach
        weight = next(layers.parameters())
        black = weight.new_zeros(1, weight.shape[1], reach + 1, reach + 1)
        self.empty = layers(black.to(memory_format=torch.channels_last))

    def forward(self, x_N: Tensor) -> Tensor:
        """What the layers make of images (N, C, H, W), in channels-last."""
        seen_H_W = (x_N != 0).any(dim=0).any(dim=0)
        rows, columns = self._places(seen_H_W.any(dim=1)), self._places(seen_H_W.any(dim=0))
        sides = [self._outputs(side) for side in seen_H_W.shape]
        made = self.empty.expand(len(x_N), -1, *sides).clone(memory_format=torch.channels_last)
        if rows.start < rows.stop and columns.start < columns.stop:
            part = x_N[:, :, self._needed(rows), self._needed(columns)]
            made[:, :, rows, columns] = self.layers(part.contiguous(memory_format=torch.channels_last))
        return made

    def _outputs(self, side: int) -> int:
        return (side - self.reach - 1) // self.stride + 1

    def _places(self, seen_L: Tensor) -> slice:
        """The outputs along one side that see something."""
        where = seen_L.nonzero()
        if not len(where):
            return slice(0, 0)
        first, last = int(where[0]), int(where[-1])
        start = max(0, -((self.reach - first) // self.stride))
        return slice(start, min(self._outputs(len(seen_L)), last // self.stride + 1))

    def _needed(self, places: slice) -> slice:
        """The inputs along one side that these outputs see."""
        return slice(self.stride * places.start, self.stride * (places.stop - 1) + self.reach + 1)


def by_window(x_N: Tensor) -> Tensor:
    """The order that puts images (N, 1, H, W) together whose columns and rows begin and end alike."""
    height, width = x_N.shape[2:]
    key_N = torch.zeros(len(x_N), dtype=torch.int64)
    for side, over in ((width, 2), (height, 3)):
        seen_N_L = x_N.amax(dim=over)[:, 0] != 0
        first_N = seen_N_L.int().argmax(dim=1)
        last_N = side - 1 - seen_N_L.flip(1).int().argmax(dim=1)
        key_N = (key_N * side + first_N) * side + last_N
    return key_N.argsort(stable=True)
