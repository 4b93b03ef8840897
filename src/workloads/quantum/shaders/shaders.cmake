# NAME SOURCE DEFINITIONS...: every shader and its variants.
