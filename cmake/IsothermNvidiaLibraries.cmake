# cuDNN and cuBLASLt, from the CUDA toolkit's folders or from Python wheels (nvidia/cudnn, nvidia/cu13 in the site
# packages of `python3`), which bring the headers but no libX.so link. ISOTHERM_SITE_PACKAGES names other site packages,
# which then go before the toolkit.

# isotherm_nvidia_library(TARGET HEADER cudnn.h SONAME libcudnn.so.9 FOLDER cudnn): sets TARGET_FOUND and makes the
# imported target TARGET.
function(isotherm_nvidia_library target)
  cmake_parse_arguments(arg "" "HEADER;SONAME;FOLDER" "" ${ARGN})
  set(roots ${ISOTHERM_SITE_PACKAGES}/nvidia/${arg_FOLDER} ${CUDAToolkit_LIBRARY_ROOT} ${CUDAToolkit_TARGET_DIR}
    ${CUDAToolkit_BIN_DIR}/.. /usr)
  execute_process(COMMAND python3 -c "import sysconfig; print(sysconfig.get_path('purelib'))"
    OUTPUT_VARIABLE packages OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # Header and library are taken from the same place.
  foreach(root IN LISTS roots ITEMS ${packages}/nvidia/${arg_FOLDER})
    unset(include)
    unset(library)
    find_path(include ${arg_HEADER} PATHS ${root} PATH_SUFFIXES include NO_DEFAULT_PATH NO_CACHE)
    find_file(library NAMES ${arg_SONAME} PATHS ${root}
      PATH_SUFFIXES lib64 lib lib/x86_64-linux-gnu NO_DEFAULT_PATH NO_CACHE)
    if(include AND library)
      get_filename_component(library ${library} ABSOLUTE)
      add_library(${target} SHARED IMPORTED GLOBAL)
      set_target_properties(${target} PROPERTIES
        IMPORTED_LOCATION ${library} INTERFACE_INCLUDE_DIRECTORIES ${include})
      set(${target}_FOUND ON PARENT_SCOPE)
      message(STATUS "${target}: ${library}")
      return()
    endif()
  endforeach()
  set(${target}_FOUND OFF PARENT_SCOPE)
endfunction()

set(isotherm_cudnn_FOUND OFF)
set(isotherm_cublaslt_FOUND OFF)
if(ISOTHERM_HAVE_CUDA AND NOT ISOTHERM_CUDA_EMULATED)
  find_package(CUDAToolkit REQUIRED)
  if(NOT ISOTHERM_CUDNN STREQUAL "OFF")
    isotherm_nvidia_library(isotherm_cudnn HEADER cudnn_graph.h SONAME libcudnn.so.9 FOLDER cudnn)
  endif()
  if(NOT ISOTHERM_CUBLASLT STREQUAL "OFF")
    isotherm_nvidia_library(isotherm_cublaslt HEADER cublasLt.h SONAME libcublasLt.so.13 FOLDER cu13)
  endif()
endif()
# A build for the processor alone has nothing to lose here.
if(NOT ISOTHERM_CUDA STREQUAL "OFF")
  isotherm_use(CUDNN isotherm_cudnn_FOUND "device cuda computes convolutions by its own kernels only")
  isotherm_use(CUBLASLT isotherm_cublaslt_FOUND "device cuda computes matrix products by its own kernels only")
endif()
