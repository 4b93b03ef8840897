# Lists the suites of a test program for ctest: cmake -D PROGRAM= -D PREFIX= -D OUTPUT= -D WISDOM= -P list_suites.cmake
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE list RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} does not list its tests: ${result}")
endif()
string(REGEX MATCHALL "(^|\n)[^ \n][^\n]*\\.[^\n]*" suites "${list}")
set(text "")
foreach(suite IN LISTS suites)
  string(STRIP "${suite}" suite)
  string(REGEX REPLACE "\\. *#.*$|\\.$" "" suite "${suite}")
  if(NOT suite MATCHES "^(DISABLED_.*|Running main.*)$")
    set(test "${PREFIX}/${suite}")
    string(APPEND text "add_test(\"${test}\" \"${PROGRAM}\" --gtest_brief=1 \"--gtest_filter=${suite}.*\")\n")
    # neither other jobs on this machine nor what was measured of it change what a test sees
    string(APPEND text "set_tests_properties(\"${test}\" PROPERTIES TIMEOUT 1800"
                       " ENVIRONMENT \"BASALT_LEDGER=off;BASALT_WISDOM=${WISDOM}\")\n")
  endif()
endforeach()
file(WRITE ${OUTPUT} "${text}")
