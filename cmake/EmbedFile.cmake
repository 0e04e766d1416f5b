# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Writes OUTPUT: C++ that has the bytes of INPUT, and returns them from FUNCTION
# of namespace hapax, which HEADER declares. A file that is empty gives no bytes.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(........................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

// As the CUDA driver wants to find an image. The last byte is there so that the
// array has one.
alignas(16) static const unsigned char Bytes[] = {
${bytes}0};

std::span<const unsigned char> hapax::${FUNCTION}() {
  return {Bytes, sizeof(Bytes) - 1};
}
")
