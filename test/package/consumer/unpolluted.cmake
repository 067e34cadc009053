# Whether a subproject left its parent's scope as it was. Macros, since a function has variables of
# its own.

set(watched_properties
  COMPILE_DEFINITIONS COMPILE_OPTIONS INCLUDE_DIRECTORIES LINK_DIRECTORIES LINK_LIBRARIES LINK_OPTIONS
  TESTS)

# What a subproject may add: its own names, and what CMake and its modules leave in the cache for it.
set(allowed_variables
  "^(NUNU_|nunu_|remembered_|variables_before$)"
  "^(Boost_|boost_|OPENSSL_|_OPENSSL|PKG_CONFIG|pkgcfg_lib_|prefix_result$|Threads_)"
  "^(CMAKE_INSTALL_|_GNUInstallDirs|CMAKE_PROJECT_VERSION|CMAKE_HAVE_|FIND_PACKAGE_MESSAGE_DETAILS_)"
  "^(FETCHCONTENT_|FetchContent_|__|_CMAKE_)")

macro(remember_scope)
  get_cmake_property(variables_before VARIABLES)
  foreach(variable IN LISTS variables_before)
    set("remembered_${variable}" "${${variable}}")
  endforeach()
  foreach(property IN LISTS watched_properties)
    get_property("remembered_property_${property}" DIRECTORY PROPERTY ${property})
  endforeach()
endmacro()

macro(check_scope)
  get_cmake_property(variables_added VARIABLES)
  list(REMOVE_ITEM variables_added ${variables_before})
  foreach(pattern IN LISTS allowed_variables)
    list(FILTER variables_added EXCLUDE REGEX "${pattern}")
  endforeach()
  if(variables_added)
    message(SEND_ERROR "The subproject added variables: ${variables_added}")
  endif()

  foreach(variable IN LISTS variables_before)
    # These tell of the command that runs now, or of the last one that matched something.
    if(NOT variable MATCHES "^CMAKE_(CURRENT|MATCH)_"
        AND NOT "${${variable}}" STREQUAL "${remembered_${variable}}")
      message(SEND_ERROR "${variable} was \"${remembered_${variable}}\" and is \"${${variable}}\"")
    endif()
  endforeach()

  foreach(property IN LISTS watched_properties)
    get_property(now DIRECTORY PROPERTY ${property})
    if(NOT "${now}" STREQUAL "${remembered_property_${property}}")
      message(SEND_ERROR "${property} of the directory is now \"${now}\"")
    endif()
  endforeach()

  foreach(option NUNU_BUILD_TESTS NUNU_BUILD_APPS NUNU_INSTALL NUNU_WARNINGS_AS_ERRORS)
    if(${option})
      message(SEND_ERROR "${option} is on in a subproject")
    endif()
  endforeach()
endmacro()
