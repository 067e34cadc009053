# Installs the library or takes it in as a subproject, and builds and runs the outside program on it.
#
# cmake -D METHOD=… -D … -P run.cmake, where METHOD is
#   install              what the main build has built goes to ${SCRATCH}/prefix
#   find_package         the program uses it there through CMake,
#   pkg_config           and through pkg-config with a plain compiler command;
#   find_package_shared  the same through CMake with shared libraries, built for it;
#   add_subdirectory, FetchContent  the program builds the library as a part of itself.
cmake_minimum_required(VERSION 3.25)

set(consumer_source ${CMAKE_CURRENT_LIST_DIR}/consumer)
set(options
  -G ${GENERATOR}
  -D CMAKE_CXX_COMPILER=${CXX}
  -D CMAKE_CXX_FLAGS=${CXX_FLAGS}
  -D CMAKE_BUILD_TYPE=${BUILD_TYPE}
  -D CMAKE_EXPORT_COMPILE_COMMANDS=ON)
if(CCACHE)
  list(APPEND options -D CMAKE_CXX_COMPILER_LAUNCHER=${CCACHE})
else()
  set(CCACHE "")
endif()

function(run)
  list(JOIN ARGV " " command)
  message(STATUS "${command}")
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(install_build build prefix)
  # A file that is no longer installed must not help the program.
  file(REMOVE_RECURSE ${prefix})
  run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})
endfunction()

# Nothing of how the project compiles its own code may show in how the program is compiled.
function(check_compile_command build)
  file(READ ${build}/compile_commands.json commands)
  string(JSON last LENGTH "${commands}")
  math(EXPR last "${last} - 1")
  foreach(i RANGE ${last})
    string(JSON file GET "${commands}" ${i} file)
    if(file STREQUAL "${consumer_source}/main.cpp")
      string(JSON command GET "${commands}" ${i} command)
    endif()
  endforeach()
  if(NOT command)
    message(FATAL_ERROR "${build}/compile_commands.json lacks the program")
  endif()
  if(command MATCHES
      "SEPARATE_COMPILATION|NO_DEPRECATED|NUNU_VERSION|-fvisibility|-fPIC| -W|/lib( |$)")
    message(FATAL_ERROR "The program is compiled with \"${CMAKE_MATCH_0}\": ${command}")
  endif()
endfunction()

function(build_and_run method build)
  run(${CMAKE_COMMAND} --fresh -S ${consumer_source} -B ${build} ${options} -D METHOD=${method}
    ${ARGN})
  check_compile_command(${build})
  run(${CMAKE_COMMAND} --build ${build})

  execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --output-on-failure
    WORKING_DIRECTORY ${build} OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE
    COMMAND_ERROR_IS_FATAL ANY)
  if(NOT output MATCHES "100% tests passed, 0 tests failed out of 1\n")
    message(FATAL_ERROR "The program has other tests than its own")
  endif()
endfunction()

set(package_options -D NUNU_VERSION=${VERSION} -D NUNU_VERSION_TOO_NEW=${VERSION_TOO_NEW})

if(METHOD STREQUAL "install")
  install_build(${BUILD_DIR} ${SCRATCH}/prefix)
  foreach(executable IN LISTS EXECUTABLES)
    run(${SCRATCH}/prefix/${BINDIR}/${executable} --help)
  endforeach()

elseif(METHOD STREQUAL "find_package")
  build_and_run(find_package ${SCRATCH}/find_package
    -D CMAKE_PREFIX_PATH=${SCRATCH}/prefix ${package_options})

elseif(METHOD STREQUAL "pkg_config")
  set(ENV{PKG_CONFIG_PATH} ${SCRATCH}/prefix/${LIBDIR}/pkgconfig)
  execute_process(COMMAND pkg-config --static --cflags --libs
      "nunu-client = ${VERSION}" "nunu-simulator = ${VERSION}"
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  separate_arguments(own_flags UNIX_COMMAND "${CXX_FLAGS}")
  run(${CCACHE} ${CXX} -std=c++20 ${own_flags} -c ${consumer_source}/main.cpp
    -o ${SCRATCH}/pkg_config.o ${flags})
  run(${CXX} ${own_flags} ${SCRATCH}/pkg_config.o -o ${SCRATCH}/pkg_config ${flags})
  run(${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${SCRATCH}/prefix/${LIBDIR} ${SCRATCH}/pkg_config)

elseif(METHOD STREQUAL "find_package_shared")
  run(${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${SCRATCH}/shared_build ${options}
    -D BUILD_SHARED_LIBS=ON -D NUNU_BUILD_APPS=OFF -D NUNU_BUILD_TESTS=OFF)
  run(${CMAKE_COMMAND} --build ${SCRATCH}/shared_build)
  install_build(${SCRATCH}/shared_build ${SCRATCH}/shared_prefix)
  build_and_run(find_package ${SCRATCH}/find_package_shared
    -D CMAKE_PREFIX_PATH=${SCRATCH}/shared_prefix ${package_options})

elseif(METHOD MATCHES "^(add_subdirectory|FetchContent)$")
  build_and_run(${METHOD} ${SCRATCH}/${METHOD} -D NUNU_SOURCE_DIR=${SOURCE_DIR})

else()
  message(FATAL_ERROR "METHOD is \"${METHOD}\"")
endif()
