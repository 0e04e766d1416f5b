# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Kernels without a link to CUDA: nvcc makes a fat binary, whose bytes become an
# array of the library (runtime/gpu/KernelImage.h).

option(HAPAX_WITH_NVCC "Compile the GPU kernels where nvcc is found" ON)
if(HAPAX_NVCC AND NOT EXISTS "${HAPAX_NVCC}")
  unset(HAPAX_NVCC CACHE)
endif()
find_program(HAPAX_NVCC nvcc HINTS $ENV{CUDA_PATH}/bin $ENV{CUDA_HOME}/bin /usr/local/cuda/bin)
mark_as_advanced(HAPAX_NVCC)

# Machine code runs on its own generation; the oldest one's PTX, which drivers
# compile, on all that come after.
set(HAPAX_CUDA_ARCHITECTURES 75 80 90 100 120 CACHE STRING
  "Generations of GPUs that the kernels are compiled for, the oldest first")

# hapax_embed_kernels(<target> <source> <headers...>)
function(hapax_embed_kernels target source)
  set(image ${CMAKE_CURRENT_BINARY_DIR}/Kernels.fatbin)
  set(embed ${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/KernelImage.cpp)
  set(flags -fatbin -std=c++20 -O3 --compress-mode=size)
  foreach(architecture ${HAPAX_CUDA_ARCHITECTURES})
    list(APPEND flags -gencode arch=compute_${architecture},code=sm_${architecture})
  endforeach()
  list(GET HAPAX_CUDA_ARCHITECTURES 0 oldest)
  list(APPEND flags -gencode arch=compute_${oldest},code=compute_${oldest})

  # An nvcc that is too old, or that does not like this machine's compiler, is
  # as good as none. What worked is remembered, of that very nvcc; what did not
  # is tried again, since it may have been mended.
  set(works OFF)
  if(HAPAX_WITH_NVCC AND HAPAX_NVCC)
    file(TIMESTAMP ${HAPAX_NVCC} time)
    set(attempt "${HAPAX_NVCC} of ${time}, ${flags}")
    if(attempt STREQUAL HAPAX_NVCC_WORKED)
      set(works ON)
    else()
      set(trial ${CMAKE_CURRENT_BINARY_DIR}/trial.cu)
      file(WRITE ${trial} "#include <cstdint>\n__global__ void trial() {}\n")
      execute_process(COMMAND ${HAPAX_NVCC} ${flags} -o ${trial}.fatbin ${trial}
        RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
      if(failed)
        message(STATUS "GPU kernels are left out, since nvcc failed:\n${output}")
      else()
        set(works ON)
        set(HAPAX_NVCC_WORKED "${attempt}" CACHE INTERNAL "")
      endif()
    endif()
  endif()

  # An empty image stands for none.
  set(size 0)
  if(EXISTS ${image})
    file(SIZE ${image} size)
  endif()
  if(works)
    if(size EQUAL 0)
      file(REMOVE ${image})
    endif()
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    add_custom_command(OUTPUT ${image}
      COMMAND ${HAPAX_NVCC} ${flags} -o ${image} ${CMAKE_CURRENT_SOURCE_DIR}/${source}
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${ARGN}
      COMMENT "Compiling the kernels with nvcc"
      VERBATIM)
  elseif(NOT EXISTS ${image} OR NOT size EQUAL 0)
    file(WRITE ${image} "")
  endif()
  add_custom_command(OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${image} -D OUTPUT=${generated}
      -D HEADER=KernelImage.h -D FUNCTION=kernelImage -P ${embed}
    DEPENDS ${image} ${embed}
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/gpu)
endfunction()
