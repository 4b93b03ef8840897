# NAME SOURCE DEFINITIONS...: every shader and its variants.
basalt_shader(${target} ${folder} stage_c64 stage.comp)
basalt_shader(${target} ${folder} stage_c128 stage.comp C128)
