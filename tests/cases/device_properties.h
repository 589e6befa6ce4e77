// SPDX-License-Identifier: Apache-2.0
// GPUs as cuDNN describes them (CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION), for plans on machines without one. The
// values are those of the data sheets and of the CUDA programming guide's table for compute capability 9.0; an H100 and
// an H200 differ in name and memory alone.
#pragma once

namespace test {

struct DescribedDevice {
  const char *name, *properties;
};

inline constexpr DescribedDevice described_devices[] = {
    {"H200", R"({"deviceName": "NVIDIA H200", "deviceVer": 900, "cudaDeviceId": 0, "multiProcessorCount": 132,
  "totalGlobalMem": 150110011392, "l2CacheSize": 62914560, "smClockRateKHz": 1980000, "memClockRateKHz": 3201000,
  "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64], "maxThreadsPerBlock": 1024,
  "maxThreadsPerSM": 2048, "maxCtasPerSM": 32, "warpSize": 32, "regsPerBlock": 65536, "maxRegistersPerSM": 65536,
  "maxSharedMemoryPerBlock": 49152, "maxSharedMemoryPerBlockOptin": 232448, "reservedSharedMemoryPerBlock": 1024,
  "supportCoopLaunch": 1, "isTccDriver": 0, "pciDeviceId": 0, "driverVer": 13000, "cudnnVersion": 91900})"},
    {"H100", R"({"deviceName": "NVIDIA H100 80GB HBM3", "deviceVer": 900, "cudaDeviceId": 0, "multiProcessorCount": 132,
  "totalGlobalMem": 85017493504, "l2CacheSize": 52428800, "smClockRateKHz": 1980000, "memClockRateKHz": 2619000,
  "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64], "maxThreadsPerBlock": 1024,
  "maxThreadsPerSM": 2048, "maxCtasPerSM": 32, "warpSize": 32, "regsPerBlock": 65536, "maxRegistersPerSM": 65536,
  "maxSharedMemoryPerBlock": 49152, "maxSharedMemoryPerBlockOptin": 232448, "reservedSharedMemoryPerBlock": 1024,
  "supportCoopLaunch": 1, "isTccDriver": 0, "pciDeviceId": 0, "driverVer": 13000, "cudnnVersion": 91900})"}};

}  // namespace test
