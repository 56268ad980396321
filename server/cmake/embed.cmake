# cmake -DFOLDER=… -DOUTPUT=… -P embed.cmake: writes the files below FOLDER as a C++ table (app/assets.h).
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(FILTER files EXCLUDE REGEX "\\.txt$")
list(SORT files)
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS files)
  file(READ ${FOLDER}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char kBytes${index}[] = {${bytes}0};\n")
  string(LENGTH "${hex}" length)
  math(EXPR length "${length} / 2")
  string(APPEND rows "    {\"/${file}\", {reinterpret_cast<const char*>(kBytes${index}), ${length}}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT}.new "// Generated from server/assets by cmake/embed.cmake.
#include \"app/assets.h\"

namespace antiphon {
namespace {
${arrays}const Asset kAssets[] = {
${rows}};
}  // namespace

std::span<const Asset> assets() { return kAssets; }

}  // namespace antiphon
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
