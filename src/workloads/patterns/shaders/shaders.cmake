# NAME SOURCE DEFINITIONS...: every shader and its variants.
#
# As the compiler of GLSL writes them: its optimiser forgets which operations are precise where it copies a loop's body,
# and drivers optimise in any case.
set(shader_optimisation -O0)
foreach(name step look scale)
  basalt_shader(${target} ${folder} ${name}_f32 ${name}.comp)
  basalt_shader(${target} ${folder} ${name}_f64 ${name}.comp F64)
endforeach()
basalt_shader(${target} ${folder} steps_f32 steps.comp ROWS=8)
basalt_shader(${target} ${folder} steps_f64 steps.comp F64 ROWS=4)
unset(shader_optimisation)
