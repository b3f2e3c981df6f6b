# Target sanitized: the tests once more, with ASan and UBSan, in <build>/sanitized; ctest of this tree runs them too (sanitized.core.text, …).
# clang's sanitizers compile twice as fast as g++'s, and a second compiler reads the code: clang++ where it works, else the compiler at hand.

include(ExternalProject)

set(dir ${PROJECT_BINARY_DIR}/sanitized)
set(sanitized_compiler ${CMAKE_CXX_COMPILER})
find_program(TARN_CLANG NAMES clang++)
mark_as_advanced(TARN_CLANG)
if(TARN_CLANG)
  file(WRITE ${dir}/probe.cpp "#include <omp.h>\n#include <vector>\nint main() { return static_cast<int>(std::vector<int>(1, omp_in_parallel())[0]); }\n")
  execute_process(COMMAND ${TARN_CLANG} -std=c++20 -fopenmp -fsanitize=address,undefined probe.cpp -o probe
                  WORKING_DIRECTORY ${dir} OUTPUT_QUIET ERROR_QUIET)
  execute_process(COMMAND ${dir}/probe RESULT_VARIABLE ran OUTPUT_QUIET ERROR_QUIET)
  if(ran EQUAL 0)
    set(sanitized_compiler ${TARN_CLANG})
  else()
    message(STATUS "tarn: ${TARN_CLANG} cannot link with OpenMP and sanitizers: the sanitized tests use ${CMAKE_CXX_COMPILER}")
  endif()
endif()

# -O1: without optimisation Eigen is too slow to run, with more of it too slow to compile. -g1: lines in the reports, no more.
ExternalProject_Add(sanitized
  SOURCE_DIR ${PROJECT_SOURCE_DIR}
  BINARY_DIR ${dir}/build
  PREFIX ${dir}
  CMAKE_ARGS -DCMAKE_CXX_COMPILER=${sanitized_compiler} -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -g1" -DTARN_TESTS=ON
             -DTARN_SANITIZE=ON -DTARN_TEST_PREFIX=sanitized. -DTARN_NATIVE=${TARN_NATIVE} -DTARN_FETCH=${TARN_FETCH}
  BUILD_ALWAYS TRUE
  USES_TERMINAL_CONFIGURE TRUE
  USES_TERMINAL_BUILD TRUE
  INSTALL_COMMAND ""
  TEST_COMMAND "")

# After all else: two builds at once would start twice as many compilers as there are processors.
get_property(others DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} PROPERTY BUILDSYSTEM_TARGETS)
foreach(target IN LISTS others)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    add_dependencies(sanitized ${target})
  endif()
endforeach()
if(TARGET programs)
  add_dependencies(sanitized programs)
endif()

file(WRITE ${dir}/tests.cmake "subdirs(\"${dir}/build\")\n")
set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${dir}/tests.cmake)
