# How the project's own code is compiled; nothing of it reaches those who link the library.

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(NUNU_CCACHE ccache)
  if(NUNU_CCACHE)
    # Without this ccache refuses every file that uses a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${NUNU_CCACHE})
  endif()
endif()

set(NUNU_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 takes "literal" + std::string for a write beyond the end (its bugs 105329 and 105651).
  list(APPEND NUNU_WARNINGS -Wno-restrict -Wno-stringop-overflow)
endif()
if(NUNU_WARNINGS_AS_ERRORS)
  list(APPEND NUNU_WARNINGS -Werror)
endif()

# Asio, its TLS part and Beast are compiled once, in lib/boost_*.cpp.
add_library(nunu_build INTERFACE)
target_compile_features(nunu_build INTERFACE cxx_std_20)
target_compile_options(nunu_build INTERFACE ${NUNU_WARNINGS})
target_compile_definitions(nunu_build INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED
  NUNU_VERSION="${PROJECT_VERSION}")
target_include_directories(nunu_build INTERFACE
  ${PROJECT_SOURCE_DIR}/include
  ${PROJECT_SOURCE_DIR}/lib)

# A target of the project's own: its code is hidden unless marked with NUNU_EXPORT.
function(nunu_own_target name)
  set_target_properties(${name} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PRIVATE nunu_build)
endfunction()
