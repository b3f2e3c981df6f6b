# Target docs: the reference, by Doxygen, in <build>/docs/html.

find_package(Doxygen QUIET)
if(DOXYGEN_FOUND)
  configure_file(cmake/Doxyfile.in ${CMAKE_CURRENT_BINARY_DIR}/Doxyfile @ONLY)
  add_custom_target(docs COMMAND Doxygen::doxygen ${CMAKE_CURRENT_BINARY_DIR}/Doxyfile
                         COMMAND ${CMAKE_COMMAND} -E echo "The reference: ${CMAKE_CURRENT_BINARY_DIR}/docs/html/index.html" VERBATIM)
else()
  add_custom_target(docs COMMAND ${CMAKE_COMMAND} -E echo "docs needs Doxygen (Debian: apt-get install doxygen)" COMMAND ${CMAKE_COMMAND} -E false VERBATIM)
endif()
