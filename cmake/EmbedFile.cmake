# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Writes OUTPUT: C++ that has the bytes of INPUT. An image that is empty is none.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(........................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"KernelImage.h\"

// As the driver wants to find it. The last byte is there so that it has one.
alignas(16) static const unsigned char Bytes[] = {
${bytes}0};

std::span<const unsigned char> hapax::kernelImage() {
  return {Bytes, sizeof(Bytes) - 1};
}
")
