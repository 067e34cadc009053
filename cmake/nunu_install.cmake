# Installs the libraries with their headers, a CMake package, pkg-config files, and the executables.
include(CMakePackageConfigHelpers)

set(NUNU_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/nunu)

install(TARGETS nunu_client nunu_simulator EXPORT nunu-targets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/nunu
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN *.hpp)

install(EXPORT nunu-targets NAMESPACE nunu:: DESTINATION ${NUNU_PACKAGE_DIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/nunu-config.cmake.in
  ${PROJECT_BINARY_DIR}/package/nunu-config.cmake
  INSTALL_DESTINATION ${NUNU_PACKAGE_DIR}
  NO_SET_AND_CHECK_MACRO)
# While the version is 0.x, a new minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/nunu-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/package/nunu-config.cmake
  ${PROJECT_BINARY_DIR}/package/nunu-config-version.cmake
  DESTINATION ${NUNU_PACKAGE_DIR})

# Paths are relative to the pkg-config file, since the prefix can still be chosen when installing.
file(RELATIVE_PATH NUNU_PC_INCLUDEDIR
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
if(BUILD_SHARED_LIBS)
  set(NUNU_PC_CFLAGS " -DNUNU_SHARED")
else()
  set(NUNU_PC_CFLAGS "")
endif()
foreach(library client simulator)
  set(NUNU_PC_LIBRARY nunu_${library})
  if(library STREQUAL "client")
    set(NUNU_PC_DESCRIPTION "${PROJECT_DESCRIPTION}")
  else()
    set(NUNU_PC_DESCRIPTION "Simulator of the nunu.ai game-testing API")
  endif()
  configure_file(${CMAKE_CURRENT_LIST_DIR}/nunu.pc.in
    ${PROJECT_BINARY_DIR}/package/nunu-${library}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/nunu-${library}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

file(RELATIVE_PATH NUNU_BIN_TO_LIB ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
foreach(executable nunu nunu-simulator nunu-demo)
  if(TARGET ${executable})
    if(BUILD_SHARED_LIBS)
      # They find the libraries wherever the prefix is.
      set_target_properties(${executable} PROPERTIES INSTALL_RPATH "$ORIGIN/${NUNU_BIN_TO_LIB}")
    endif()
    install(TARGETS ${executable})
  endif()
endforeach()
