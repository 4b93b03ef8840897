# Shaders to SPIR-V at build time, as lists of words that C++ includes.
find_program(GLSLC glslc REQUIRED)

# All of them and nothing else: what reads the sources without building them (clang-tidy) needs these lists first.
add_custom_target(shaders)

# One shader, in one of its variants: NAME.spv, and NAME.inc to embed. Definitions follow. Optimised as the variable
# shader_optimisation says, by default -O.
function(basalt_shader target folder name source)
  set(output ${CMAKE_BINARY_DIR}/generated/${folder}/${name})
  if(NOT shader_optimisation)
    set(shader_optimisation -O)
  endif()
  set(flags ${shader_optimisation} --target-env=vulkan1.2 -Werror)
  foreach(definition ${ARGN})
    list(APPEND flags -D${definition})
  endforeach()
  add_custom_command(
    OUTPUT ${output}.inc ${output}.spv
    COMMAND ${GLSLC} ${flags} -o ${output}.spv ${CMAKE_SOURCE_DIR}/src/${folder}/${source}
    COMMAND ${GLSLC} ${flags} -mfmt=num -o ${output}.inc -MD -MF ${output}.d ${CMAKE_SOURCE_DIR}/src/${folder}/${source}
    MAIN_DEPENDENCY ${CMAKE_SOURCE_DIR}/src/${folder}/${source}
    DEPFILE ${output}.d
    VERBATIM)
  target_sources(basalt_${target} PRIVATE ${output}.inc)
  set_property(GLOBAL APPEND PROPERTY BASALT_SHADERS_${target} ${output}.inc)
endfunction()

# Those that the folder's shaders.cmake lists.
function(basalt_shaders target folder)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/${folder})
  include(${CMAKE_SOURCE_DIR}/src/${folder}/shaders.cmake)
  get_property(outputs GLOBAL PROPERTY BASALT_SHADERS_${target})
  add_custom_target(${target} DEPENDS ${outputs})
  add_dependencies(shaders ${target})
endfunction()
