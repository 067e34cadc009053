# Builds the fuzzers as the preset does, and runs each for a few seconds.
#
# cmake -D SOURCE_DIR=… -D BUILD_DIR=… -P short_run.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
  list(JOIN ARGV " " command)
  message(STATUS "${command}")
  # Presets are looked for where the command runs.
  execute_process(COMMAND ${ARGV} WORKING_DIRECTORY ${SOURCE_DIR} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --preset fuzz -B ${BUILD_DIR} -D NUNU_FUZZ_SECONDS=5)
run(${CMAKE_COMMAND} --build ${BUILD_DIR} --target fuzzers)
run(${CMAKE_CTEST_COMMAND} --test-dir ${BUILD_DIR} --output-on-failure -j 2)
