# SPDX-License-Identifier: Apache-2.0
"""PyTorch counterparts of CENet and EKNet (Feng, Guo, Sun, RA-L 2023), with the published program's state-dict keys.

Both are made for one size of image, which decides the shape of the position embeddings. Attention goes through
PyTorch's fused kernel, its quickest way on every device.
"""
import torch
import torch.nn.functional as F
from torch import nn

from networks import UpceptionDouble, UpceptionKeep, conv, stages

PARAMETERS = {"cenet": 245_114_254, "eknet": 190_460_622}


class Positions(nn.Module):
    """One embedding per row and one per column of the map."""

    def __init__(self, height: int, width: int, channels: int):
        super().__init__()
        self.height = nn.Parameter(torch.randn(height, channels) * channels**-0.5)
        self.width = nn.Parameter(torch.randn(width, channels) * channels**-0.5)

    def forward(self):
        return (self.height[:, None] + self.width[None]).flatten(0, 1)


class Attention(nn.Module):
    """Logits are scaled products of queries with keys that their position was added to."""

    def __init__(self, inputs: int, height: int, width: int, heads: int = 4, channels: int = 512):
        super().__init__()
        self.heads = heads
        self.to_qkv = conv(inputs, 3 * heads * channels, 1)
        self.pos_emb = Positions(height, width, channels)

    def forward(self, x):
        n, _, h, w = x.shape
        qkv = self.to_qkv(x).permute(0, 2, 3, 1).reshape(n, h * w, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        y = F.scaled_dot_product_attention(q, k + self.pos_emb(), v)
        return y.permute(0, 2, 1, 3).reshape(n, h, w, -1).permute(0, 3, 1, 2)


class BotBlock(nn.Module):
    def __init__(self, inputs: int, height: int, width: int, halves: bool):
        super().__init__()
        self.shortcut = nn.Identity()
        if halves:
            self.shortcut = nn.Sequential(conv(inputs, 2048, 3, 2, 1), nn.BatchNorm2d(2048), nn.ReLU(inplace=True))
        self.net = nn.Sequential(
            conv(inputs, 512, 1), nn.BatchNorm2d(512), nn.ReLU(inplace=True), Attention(512, height, width),
            nn.AvgPool2d(2) if halves else nn.Identity(), nn.BatchNorm2d(2048), nn.ReLU(inplace=True),
            conv(2048, 2048, 1), nn.BatchNorm2d(2048))
        nn.init.zeros_(self.net[8].weight)

    def forward(self, x):
        return F.relu(self.net(x) + self.shortcut(x), inplace=True)


class BotStage(nn.Module):
    """In place of a ResNet's last stage; height and width are those of its input."""

    def __init__(self, height: int, width: int):
        super().__init__()
        self.net = nn.Sequential(BotBlock(1024, height, width, True),
                                 BotBlock(2048, height // 2, width // 2, False),
                                 BotBlock(2048, height // 2, width // 2, False))

    def forward(self, x):
        return self.net(x)


class DilationModule(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.conv1.bias)
        for index, dilation in enumerate((5, 7, 9, 11), 1):
            layer = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False)
            self.add_module(f"conv2_{index}", layer)

    def forward(self, x):
        x = self.conv1(F.relu(x))
        return self.conv2_1(x) + self.conv2_2(x) + self.conv2_3(x) + self.conv2_4(x)


class SpatialAttention(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 4, 1)
        nn.init.zeros_(self.conv1.bias)
        self.conv2 = nn.Conv2d(4, 1, 3, padding=1, bias=False)

    def forward(self, x):
        return x * torch.sigmoid(self.conv2(self.conv1(F.relu(x))))


class EdgeModule(nn.Module):
    def __init__(self, channels: int = 256):
        super().__init__()
        self.skip2conv, self.skip2bn = nn.Conv2d(channels, channels, 1), nn.BatchNorm2d(channels)
        self.cdcm, self.csam = DilationModule(channels), SpatialAttention(channels)
        self.conv1x1 = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        return torch.sigmoid(self.conv1x1(self.csam(self.cdcm(F.relu(self.skip2bn(self.skip2conv(x)))))))


def add_encoder(network: nn.Module, stream: str, inputs: int, size):
    network.add_module(f"encoder_{stream}_conv1", conv(inputs, 64, 7, 2, 3))
    network.add_module(f"encoder_{stream}_bn1", nn.BatchNorm2d(64))
    residual, _ = stages(50)
    for index, stage in enumerate([*residual[:3], BotStage(size[0] // 16, size[1] // 16)], 1):
        network.add_module(f"encoder_{stream}_layer{index}", stage)


def encoder_stage(network: nn.Module, stream: str, index: int, x):
    if index == 0:
        return F.relu(getattr(network, f"encoder_{stream}_bn1")(getattr(network, f"encoder_{stream}_conv1")(x)))
    if index == 1:
        x = F.max_pool2d(x, 3, 2, 1)
    return getattr(network, f"encoder_{stream}_layer{index}")(x)


def add_decoder(network: nn.Module, classes: int):
    channels = 2048
    for index in (5, 4, 3, 2, 1):
        outputs = classes if index == 1 else channels // 2
        network.add_module(f"deconv{index}", nn.Sequential(UpceptionKeep(channels), UpceptionDouble(channels, outputs)))
        channels = outputs
    network.skip_tranform = nn.Conv2d(64, 128, 3, padding=1)


class CENet(nn.Module):
    """Input (n, 4, h, w): R, G, B, T over 255. Returns the edge map, the logits, f5 and the hint."""

    def __init__(self, classes: int = 9, size=(480, 640)):
        super().__init__()
        add_encoder(self, "thermal", 1, size)
        add_encoder(self, "rgb", 3, size)
        self.edge = EdgeModule()
        add_decoder(self, classes)

    def forward(self, images):
        x, heat, features = images[:, :3], images[:, 3:], []
        for index in range(5):
            heat = encoder_stage(self, "thermal", index, heat)
            x = encoder_stage(self, "rgb", index, x) + heat
            features.append(x)
        f1, f2, f3, f4, f5 = features
        x = self.deconv3(self.deconv4(self.deconv5(f5) + f4) + f3) + f2
        edge = self.edge(x)
        hint = x + edge
        x = self.deconv2(hint) + self.skip_tranform(f1)
        return edge, self.deconv1(x), f5, hint


class Exponent(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 1, 3, 2, 1), nn.BatchNorm2d(1)
        self.conv2, self.bn2 = nn.Conv2d(1, 1, 3, 2, 1), nn.BatchNorm2d(1)
        self.fc1, self.bn3 = nn.Linear((size[0] // 64 + 1) * (size[1] // 64), 20), nn.BatchNorm1d(20)
        self.fc2 = nn.Linear(20, 1)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(F.max_pool2d(x, 4))))
        x = F.relu(self.bn2(self.conv2(F.max_pool2d(x, 2))))
        x = F.max_pool2d(x, 2, 2, padding=(1, 0))
        return self.fc2(F.relu(self.bn3(self.fc1(x.flatten(1)))))


class ThermalEnhancement(nn.Module):
    """The image to its learned power, sampled every 2, 4, 8, 16 and 32 pixels."""

    def __init__(self, size):
        super().__init__()
        self.expweight = Exponent(size)

    def forward(self, image):
        power = self.expweight(image)[:, :, None, None] + 2
        return [image[:, :, ::k, ::k] ** power for k in (2, 4, 8, 16, 32)]


class EKNet(nn.Module):
    """Input (n, 1, h, w): T over 255. Returns f5, the logits and the hint."""

    def __init__(self, classes: int = 9, size=(480, 640)):
        super().__init__()
        add_encoder(self, "thermal", 1, size)
        self.createMask = ThermalEnhancement(size)
        add_decoder(self, classes)

    def forward(self, image):
        half, quarter, eighth, sixteenth, deepest = self.createMask(image)
        x, features = image, []
        for index in range(5):
            x = encoder_stage(self, "thermal", index, x)
            features.append(x)
        f1, f2, f3, f4, f5 = features
        x = self.deconv5(f5 + deepest) + f4 + sixteenth
        x = self.deconv4(x) + f3 + eighth
        hint = self.deconv3(x) + f2
        x = self.deconv2(hint + quarter) + self.skip_tranform(f1) + half
        return f5, self.deconv1(x), hint


def create(name: str, classes: int = 9, size=(480, 640)) -> nn.Module:
    """cenet or eknet."""
    if name not in PARAMETERS:
        raise ValueError(f"no network is called {name}; there are {', '.join(PARAMETERS)}")
    network = {"cenet": CENet, "eknet": EKNet}[name](classes, size)
    count = sum(value.numel() for value in network.parameters())
    if classes == 9 and tuple(size) == (480, 640) and count != PARAMETERS[name]:
        raise AssertionError(f"{name} has {count} parameters, the published network has {PARAMETERS[name]}")
    return network
