# Everything from outside, as imported targets. Debian 12 packages, plus the speech prefix that tools/fetch-models unpacks.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(speexdsp REQUIRED IMPORTED_TARGET speexdsp)
pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET sndfile)
pkg_check_modules(opus REQUIRED IMPORTED_TARGET opus)
pkg_check_modules(srtp2 REQUIRED IMPORTED_TARGET libsrtp2)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(yamlcpp REQUIRED IMPORTED_TARGET yaml-cpp)

foreach(part json url system)
  find_library(BOOST_${part}_LIBRARY boost_${part} REQUIRED)
  add_library(antiphon_boost_${part} INTERFACE)
  target_link_libraries(antiphon_boost_${part} INTERFACE ${BOOST_${part}_LIBRARY})
endforeach()

if(NOT ANTIPHON_SPEECH_PREFIX)
  execute_process(COMMAND ${ANTIPHON_ROOT}/tools/fetch-models --print-prefix
    OUTPUT_VARIABLE ANTIPHON_SPEECH_FOUND OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
else()
  set(ANTIPHON_SPEECH_FOUND ${ANTIPHON_SPEECH_PREFIX})
endif()
find_path(SHERPA_INCLUDE sherpa-onnx/c-api/c-api.h
  PATHS ${ANTIPHON_SPEECH_FOUND}/include NO_DEFAULT_PATH NO_CACHE REQUIRED)
add_library(antiphon_sherpa SHARED IMPORTED)
set_target_properties(antiphon_sherpa PROPERTIES
  IMPORTED_LOCATION ${ANTIPHON_SPEECH_FOUND}/lib/libsherpa-onnx-c-api.so
  INTERFACE_INCLUDE_DIRECTORIES ${SHERPA_INCLUDE})
add_library(antiphon_onnxruntime SHARED IMPORTED)
set_target_properties(antiphon_onnxruntime PROPERTIES
  IMPORTED_LOCATION ${ANTIPHON_SPEECH_FOUND}/lib/libonnxruntime.so
  INTERFACE_INCLUDE_DIRECTORIES ${CMAKE_SOURCE_DIR}/third_party/onnxruntime)
set(CMAKE_BUILD_RPATH ${ANTIPHON_SPEECH_FOUND}/lib)
# Programs in the build folder find the models through this file: a path in a macro would spoil ccache across clones.
file(WRITE ${CMAKE_BINARY_DIR}/speech-prefix "${ANTIPHON_SPEECH_FOUND}")

add_library(antiphon_flite INTERFACE)
target_link_libraries(antiphon_flite INTERFACE flite_cmu_us_kal flite_usenglish flite_cmulex flite m)
add_library(antiphon_cmark INTERFACE)
target_link_libraries(antiphon_cmark INTERFACE cmark-gfm-extensions cmark-gfm)
