# tarn_own: how our programs, tests and benchmarks are compiled. Private: it is not linked by tarn::tarn.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()

add_library(tarn_own INTERFACE)
target_link_libraries(tarn_own INTERFACE tarn::tarn)
target_compile_options(tarn_own INTERFACE -Wall -Wextra -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12
   AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns inside its own avx512fintrin.h.
  target_compile_options(tarn_own INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
# Eigen's own threads would make sums depend on their number; ours do not.
target_compile_definitions(tarn_own INTERFACE EIGEN_DONT_PARALLELIZE)
if(TARN_NATIVE)
  target_compile_options(tarn_own INTERFACE -march=native)
endif()
if(TARN_SANITIZE)
  target_compile_options(tarn_own INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tarn_own INTERFACE -fsanitize=address,undefined)
endif()
foreach(component IN LISTS TARN_COMPONENTS)
  if(TARGET tarn::${component})
    target_link_libraries(tarn_own INTERFACE tarn::${component})
  endif()
endforeach()

# As many compilers at once as there are processors and 1.5 GB of memory for each (Ninja alone would start two more).
cmake_host_system_information(RESULT processors QUERY NUMBER_OF_LOGICAL_CORES)
cmake_host_system_information(RESULT memory_MiB QUERY TOTAL_PHYSICAL_MEMORY)
math(EXPR jobs "${memory_MiB} / 1500")
if(jobs GREATER processors)
  set(jobs ${processors})
elseif(jobs LESS 1)
  set(jobs 1)
endif()
set_property(GLOBAL APPEND PROPERTY JOB_POOLS tarn_compile=${jobs})
set(CMAKE_JOB_POOL_COMPILE tarn_compile)
set(CMAKE_JOB_POOL_LINK tarn_compile)
