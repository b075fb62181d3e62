# Warning flags for our own targets only.
function(trato_warnings TARGET)
  target_compile_options(${TARGET} PRIVATE -Wall -Wextra -Wpedantic)
  if(TRATO_WERROR)
    target_compile_options(${TARGET} PRIVATE -Werror)
  endif()
endfunction()
