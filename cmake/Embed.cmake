# embudo_embed(TARGET SYMBOL FILES...): compiles text files into TARGET as `const struct embedded_file SYMBOL[]`,
# ended by a NULL name, in the order given; names are relative to the source tree.
function(embudo_embed target symbol)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c")
  add_custom_command(
    OUTPUT "${out}"
    COMMAND ${CMAKE_COMMAND} "-DOUT=${out}" "-DSYMBOL=${symbol}" "-DROOT=${CMAKE_SOURCE_DIR}" "-DFILES=${ARGN}"
            -P "${CMAKE_SOURCE_DIR}/cmake/EmbedScript.cmake"
    DEPENDS ${ARGN} "${CMAKE_SOURCE_DIR}/cmake/EmbedScript.cmake"
    VERBATIM)
  target_sources(${target} PRIVATE "${out}")
endfunction()
