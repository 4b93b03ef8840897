# find_package(basalt): defines basalt::basalt, the whole of Basalt.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(fmt)
find_dependency(PkgConfig)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(HWLOC REQUIRED IMPORTED_TARGET hwloc)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)

include(${CMAKE_CURRENT_LIST_DIR}/basalt_targets.cmake)
if(NOT TARGET basalt::basalt)
  add_library(basalt::basalt INTERFACE IMPORTED)
  set_target_properties(basalt::basalt PROPERTIES INTERFACE_LINK_LIBRARIES basalt::engine)
endif()
