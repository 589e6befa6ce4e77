# SPDX-License-Identifier: Apache-2.0
"""PyTorch counterparts of the project's networks: the yardstick for speed and for loss curves.

MFNet: Ha et al., IROS 2017. RTFNet: Sun, Zuo, Liu, RA-L 2019. The state-dict keys are those of the published weights.
`create(name)` asserts the published parameter counts, so that a slip cannot become a baseline.
"""
import re

import torch
import torch.nn.functional as F
from torch import nn

PARAMETERS = {
    "mfnet": 736_275,
    "rtfnet18": 30_995_525,
    "rtfnet34": 51_211_845,
    "rtfnet50": 185_238_501,
    "rtfnet101": 223_222_757,
    "rtfnet152": 254_510_053,
}


class ConvBnLeaky(nn.Module):
    """3x3 convolution with bias, batch norm, leaky ReLU 0.2."""

    def __init__(self, inputs: int, outputs: int, dilation: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=dilation, dilation=dilation)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.leaky_relu(self.bn(self.conv(x)), 0.2)


class MiniInception(nn.Module):
    """Three rounds of a plain and a dilated half, concatenated."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        for index in (1, 2, 3):
            for side, dilation in (("left", 1), ("right", 2)):
                block = ConvBnLeaky(inputs if index == 1 else outputs, outputs // 2, dilation)
                self.add_module(f"conv{index}_{side}", block)

    def forward(self, x):
        for index in (1, 2, 3):
            x = torch.cat([getattr(self, f"conv{index}_left")(x), getattr(self, f"conv{index}_right")(x)], 1)
        return x


class MFNet(nn.Module):
    """Input (n, 4, h, w): R, G, B, T over 255; h and w multiples of 16. `features` collects the named maps if given."""

    def __init__(self, classes: int = 9):
        super().__init__()
        for suffix, inputs, wide, inception in (("rgb", 3, 48, 96), ("inf", 1, 16, 36)):
            self.add_module(f"conv1_{suffix}", ConvBnLeaky(inputs, 16))
            self.add_module(f"conv2_1_{suffix}", ConvBnLeaky(16, wide))
            self.add_module(f"conv2_2_{suffix}", ConvBnLeaky(wide, wide))
            self.add_module(f"conv3_1_{suffix}", ConvBnLeaky(wide, wide))
            self.add_module(f"conv3_2_{suffix}", ConvBnLeaky(wide, wide))
            self.add_module(f"conv4_{suffix}", MiniInception(wide, inception))
            self.add_module(f"conv5_{suffix}", MiniInception(inception, inception))
        self.decode4 = ConvBnLeaky(132, 64)
        self.decode3 = ConvBnLeaky(64, 64)
        self.decode2 = ConvBnLeaky(64, 32)
        self.decode1 = ConvBnLeaky(32, classes)

    def encode(self, x, suffix, features):
        def step(name, value):
            value = getattr(self, f"{name}_{suffix}")(value)
            if features is not None:
                features[f"{name}_{suffix}"] = value
            return value

        x = F.max_pool2d(step("conv1", x), 2)
        p2 = step("conv2_2", step("conv2_1", x))
        p3 = step("conv3_2", step("conv3_1", F.max_pool2d(p2, 2)))
        p4 = step("conv4", F.max_pool2d(p3, 2))
        return p2, p3, p4, step("conv5", F.max_pool2d(p4, 2))

    def forward(self, x, features=None):
        rgb = self.encode(x[:, :3], "rgb", features)
        heat = self.encode(x[:, 3:], "inf", features)
        p2, p3, p4, x = (torch.cat(pair, 1) for pair in zip(rgb, heat))
        for name, skip in (("decode4", p4), ("decode3", p3), ("decode2", p2), ("decode1", None)):
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = getattr(self, name)(x if skip is None else x + skip)
            if features is not None:
                features[name] = x
        return x


def conv(inputs, outputs, size, stride=1, padding=0):
    return nn.Conv2d(inputs, outputs, size, stride, padding, bias=False)


def double_size(inputs, outputs):
    return nn.ConvTranspose2d(inputs, outputs, 2, stride=2, bias=False)


class Basic(nn.Module):
    expansion = 1

    def __init__(self, inputs, planes, stride, downsample):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, planes, 3, stride, 1), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv(planes, planes, 3, 1, 1), nn.BatchNorm2d(planes)
        self.downsample = downsample

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(x)) + shortcut, inplace=True)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, planes, stride, downsample):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, planes, 1), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv(planes, planes, 3, stride, 1), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = conv(planes, 4 * planes, 1), nn.BatchNorm2d(4 * planes)
        self.downsample = downsample

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        x = F.relu(self.bn2(self.conv2(x)), inplace=True)
        return F.relu(self.bn3(self.conv3(x)) + shortcut, inplace=True)


RESNETS = {18: (Basic, (2, 2, 2, 2)), 34: (Basic, (3, 4, 6, 3)), 50: (Bottleneck, (3, 4, 6, 3)),
           101: (Bottleneck, (3, 4, 23, 3)), 152: (Bottleneck, (3, 8, 36, 3))}


def stages(depth):
    """The four residual stages of a ResNet as a list of nn.Sequential."""
    block, counts = RESNETS[depth]
    inputs, result = 64, []
    for stage, count in enumerate(counts):
        planes, blocks = 64 << stage, []
        for index in range(count):
            stride = 2 if stage > 0 and index == 0 else 1
            outputs, downsample = planes * block.expansion, None
            if stride != 1 or inputs != outputs:
                downsample = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
            blocks.append(block(inputs, planes, stride, downsample))
            inputs = outputs
        result.append(nn.Sequential(*blocks))
    return result, inputs


class UpceptionKeep(nn.Module):
    """The decoder's block A: same channels, same size."""

    def __init__(self, channels):
        super().__init__()
        self.conv1, self.bn1 = conv(channels, channels, 1), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = conv(channels, channels, 3, 1, 1), nn.BatchNorm2d(channels)
        self.conv3, self.bn3 = conv(channels, channels, 3, 1, 1), nn.BatchNorm2d(channels)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = F.relu(self.bn2(self.conv2(y)), inplace=True)
        return F.relu(self.bn3(self.conv3(y)) + x, inplace=True)


class UpceptionDouble(nn.Module):
    """The decoder's block B: other channels, twice the size."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 1), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs)
        self.conv3, self.bn3 = double_size(outputs, outputs), nn.BatchNorm2d(outputs)
        self.upsample = nn.Sequential(double_size(inputs, outputs), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = F.relu(self.bn2(self.conv2(y)), inplace=True)
        return F.relu(self.bn3(self.conv3(y)) + self.upsample(x), inplace=True)


class RTFNet(nn.Module):
    """Input (n, 4, h, w): R, G, B, T over 255; h and w multiples of 32. `features` collects the named maps if given."""

    def __init__(self, depth: int, classes: int = 9):
        super().__init__()
        for stream, inputs in (("rgb", 3), ("thermal", 1)):
            self.add_module(f"encoder_{stream}_conv1", conv(inputs, 64, 7, 2, 3))
            self.add_module(f"encoder_{stream}_bn1", nn.BatchNorm2d(64))
            residual, channels = stages(depth)
            for index, stage in enumerate(residual, 1):
                self.add_module(f"encoder_{stream}_layer{index}", stage)
        for index in range(1, 6):
            outputs = classes if index == 5 else channels // 2
            layer = nn.Sequential(UpceptionKeep(channels), UpceptionDouble(channels, outputs))
            self.add_module(f"deconv{index}", layer)
            channels = outputs

    def stem(self, x, stream):
        return F.relu(getattr(self, f"encoder_{stream}_bn1")(getattr(self, f"encoder_{stream}_conv1")(x)))

    def forward(self, x, features=None):
        def keep(name, value):
            if features is not None:
                features[name] = value.clone()  # Later in-place sums and activations must not change it.
            return value

        heat = self.stem(x[:, 3:], "thermal")
        x = keep("fused_stage0", self.stem(x[:, :3], "rgb") + heat)
        heat, x = F.max_pool2d(heat, 3, 2, 1), F.max_pool2d(x, 3, 2, 1)
        for index in range(1, 5):
            heat = keep(f"thermal_layer{index}", getattr(self, f"encoder_thermal_layer{index}")(heat))
            x = keep(f"rgb_layer{index}_before_fusion", getattr(self, f"encoder_rgb_layer{index}")(x)) + heat
        keep("fused_stage4", x)
        for index in range(1, 6):
            x = keep(f"deconv{index}", getattr(self, f"deconv{index}")(x))
        return x


def create(name: str, classes: int = 9) -> nn.Module:
    """mfnet, rtfnet18, rtfnet34, rtfnet50, rtfnet101 or rtfnet152."""
    match = re.fullmatch(r"rtfnet(\d+)", name)
    if name == "mfnet":
        network = MFNet(classes)
    elif match and int(match[1]) in RESNETS:
        network = RTFNet(int(match[1]), classes)
    else:
        raise ValueError(f"no network is called {name}; there are {', '.join(PARAMETERS)}")
    count = sum(value.numel() for value in network.parameters())
    if classes == 9 and count != PARAMETERS[name]:
        raise AssertionError(f"{name} has {count} parameters, the published network has {PARAMETERS[name]}")
    return network
