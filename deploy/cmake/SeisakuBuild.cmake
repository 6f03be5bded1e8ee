# How every target of this project is compiled. One function per kind of target; sources are
# globbed per folder, because a folder is a target (ARCHITECTURE.md, "layers").

add_library(seisaku_options INTERFACE)
target_compile_options(seisaku_options INTERFACE -Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(seisaku_options INTERFACE -Wthread-safety)
endif()
# Third-party headers are not ours to warn about; the project's own come from its root.
target_include_directories(seisaku_options INTERFACE ${CMAKE_SOURCE_DIR})

if(SEISAKU_SANITIZE)
  add_compile_options(-fsanitize=${SEISAKU_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SEISAKU_SANITIZE})
endif()

find_program(SEISAKU_MOLD mold)
if(SEISAKU_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Most of the time that a file needs to compile goes to the headers of others, so they are read once for all
# libraries and once for all tests. Not CLI11: it has objects that every file would then construct.
option(SEISAKU_PCH "Precompile the headers that are not ours (off shows a file that does not include what it uses)" ON)
if(SEISAKU_PCH)
  # gRPC's targets bring it to some; the headers are for all.
  target_compile_options(seisaku_options INTERFACE -pthread)
endif()
set(precompiled <algorithm> <chrono> <deque> <filesystem> <fstream> <functional> <future> <iostream> <map> <memory>
  <optional> <random> <set> <sstream> <string> <thread> <vector> <absl/container/btree_map.h>
  <absl/container/flat_hash_map.h> <absl/container/node_hash_map.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
  <absl/strings/str_join.h> <absl/synchronization/mutex.h> <absl/time/clock.h> <fmt/format.h>
  <google/protobuf/util/json_util.h> <google/protobuf/util/message_differencer.h> <google/rpc/error_details.pb.h>
  <seisaku/catalog/v1/events.pb.h> <seisaku/log/v1/bundle.pb.h> <seisaku/log/v1/log_event.pb.h>
  <seisaku/progress/v1/events.pb.h> <seisaku/progress/v1/evidence.pb.h>)
if(SEISAKU_GRPC)
  list(APPEND precompiled <grpcpp/grpcpp.h> <seisaku/catalog/v1/catalog_service.grpc.pb.h>
    <seisaku/log/v1/log_service.grpc.pb.h> <seisaku/progress/v1/progress_service.grpc.pb.h>)
endif()

# seisaku_precompile(TARGET OWNER OPTIONS DEPS HEADERS): compiles the target after the headers of OWNER, which is made
# for the first target that names it; with OPTIONS, since only a file compiled with the same may come after them.
function(seisaku_precompile target owner options deps headers)
  if(NOT SEISAKU_PCH)
    return()
  endif()
  if(NOT TARGET ${owner})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${owner}.cc CONTENT "")
    add_library(${owner} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/${owner}.cc)
    target_link_libraries(${owner} PRIVATE seisaku_proto fmt::fmt ${deps} seisaku_options)
    if(SEISAKU_GRPC)
      target_link_libraries(${owner} PRIVATE seisaku_grpc)
    endif()
    target_compile_options(${owner} PRIVATE ${options})
    target_precompile_headers(${owner} PRIVATE ${precompiled} ${headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()

# seisaku_library(NAME DEPS... [FOLDERS folder...]): the .cc files of the current folder, and of these below it, as one
# static library.
function(seisaku_library name)
  cmake_parse_arguments(arg "" "" "FOLDERS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  foreach(folder IN LISTS arg_FOLDERS)
    file(GLOB below CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cc)
    list(APPEND sources ${below})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${arg_UNPARSED_ARGUMENTS} PRIVATE seisaku_options)
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    seisaku_precompile(${name} library_headers "" "" "")
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
  endif()
endfunction()

# seisaku_program(NAME DEPS...): main.cc of the current folder as the program build/bin/NAME.
function(seisaku_program name)
  add_executable(${name} main.cc)
  target_link_libraries(${name} PRIVATE ${ARGN} seisaku_options)
endfunction()

# seisaku_test(NAME [LABEL label] [CONCURRENT] [LONG] DEPS...): the .cc files of the current folder as one
# GoogleTest program, known to ctest under NAME. LABEL (default unit) is what tests/run selects by;
# CONCURRENT adds the label concurrency, for what also runs under ThreadSanitizer. LONG: ctest starts it before the
# others, so that it is not left to run alone at the end. The target
# LABEL_tests builds all programs of a label; `all` builds none of them.
function(seisaku_test name)
  cmake_parse_arguments(arg "CONCURRENT;LONG" "LABEL" "" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  if(NOT sources)
    return()
  endif()
  set(labels ${arg_LABEL})
  if(arg_CONCURRENT)
    list(APPEND labels concurrency)
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(${name} PRIVATE ${arg_UNPARSED_ARGUMENTS} GTest::gmock GTest::gtest_main seisaku_options)
  # The optimiser takes half of the time that a test needs to compile, and finds nothing.
  target_compile_options(${name} PRIVATE -O0)
  seisaku_precompile(${name} test_headers "-O0;-fPIE" GTest::gmock "<gmock/gmock.h>;<gtest/gtest.h>")
  target_compile_definitions(${name} PRIVATE SEISAKU_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SEISAKU_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}")
  if(arg_LONG)
    set_tests_properties(${name} PROPERTIES COST 1000)
  endif()
  foreach(label IN LISTS labels)
    if(NOT TARGET ${label}_tests)
      add_custom_target(${label}_tests)
    endif()
    add_dependencies(${label}_tests ${name})
  endforeach()
endfunction()

# seisaku_script_test(NAME SCRIPT ARGS...): a Python script as a unit test. It needs no build.
function(seisaku_script_test name script)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME ${name} COMMAND Python3::Interpreter ${script} ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS unit ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endfunction()
