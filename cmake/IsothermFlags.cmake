# isotherm_flags carries what every target is compiled with. Warnings are errors, in release builds too, unless a
# compiler that nobody here has tried is to be used (preset gpu).
option(ISOTHERM_WARNINGS_ARE_ERRORS "Warnings are errors" ON)
if(ISOTHERM_WARNINGS_ARE_ERRORS)
  set(error_option -Werror)
  set(device_error_option -Werror=all-warnings)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

add_library(isotherm_flags INTERFACE)
target_include_directories(isotherm_flags INTERFACE ${CMAKE_SOURCE_DIR})
# No contraction anywhere: results do not depend on which expression the compiler chose to fuse. Nobody reads the
# floating-point exception flags or errno; where they must be kept, selections and square roots do not vectorise.
set(host_options -march=x86-64-v3 -ffp-contract=off -fno-trapping-math -fno-math-errno)
target_compile_options(isotherm_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow ${error_option} ${host_options}>)
if(ISOTHERM_HAVE_CUDA AND NOT ISOTHERM_CUDA_EMULATED)
  # Device code may call what is constexpr (bf16, Philox). What nvcc hands to the host compiler is no longer ours, so
  # that the stricter warnings would speak of generated code. -lineinfo: profilers show the source.
  # FMT_USE_CONSTEXPR: fmt 9 does not expect nvcc to know what it knows.
  set(for_the_host -Wall ${error_option} ${host_options})
  list(JOIN for_the_host "," joined)
  target_compile_definitions(isotherm_flags INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:FMT_USE_CONSTEXPR=1>)
  target_compile_options(isotherm_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr ${device_error_option} -lineinfo -Xcompiler=${joined}>)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these falsely inside the standard library and fmt when it inlines deeply.
  target_compile_options(isotherm_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict>)
endif()
if(ISOTHERM_SANITIZE)
  target_compile_options(isotherm_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${ISOTHERM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1 -O1>)
  target_link_options(isotherm_flags INTERFACE -fsanitize=${ISOTHERM_SANITIZE})
endif()

# isotherm_library(NAME DIRECTORIES... LINK targets...): a static library of every .cpp in the folders. A new op,
# network or dataset therefore adds files and edits no list.
function(isotherm_library name)
  cmake_parse_arguments(arg "" "" "FOLDERS;LINK" ${ARGN})
  set(sources)
  foreach(folder IN LISTS arg_FOLDERS)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)  # A room of headers only.
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE isotherm_flags ${arg_LINK})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC isotherm_flags ${arg_LINK})
endfunction()
