# SPDX-License-Identifier: Apache-2.0
# What every command of the toolkit shares: how it is built, installed and documented.

define_property(GLOBAL PROPERTY OCCUPET_COMMANDS
  BRIEF_DOCS "Names of the commands that occupet_command has declared")

# occupet_command(NAME SOURCES...): the executable NAME from sources in this folder, installed with its manual page.
# It may use tools/tool.h, libpet and kinetic_models.
function(occupet_command name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE occupet_tool Occupet::pet occupet_flags)
  if(TARGET kinetic_models)
    target_link_libraries(${name} PRIVATE kinetic_models)
  endif()
  install(TARGETS ${name} RUNTIME COMPONENT tools)
  set_property(GLOBAL APPEND PROPERTY OCCUPET_COMMANDS ${name})

  set(manual ${CMAKE_CURRENT_BINARY_DIR}/man/${name}.1)
  add_custom_command(OUTPUT ${manual}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/man
    COMMAND ${name} --help-format man > ${manual}
    DEPENDS ${name} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY OCCUPET_MANUALS ${manual})
  install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)
endfunction()

# occupet_shared_command(pet-x): the program of a command that is a function of commands.h, pet_x_command.
function(occupet_shared_command name)
  occupet_command(${name} command_main.cpp)
  string(REPLACE "-" "_" function ${name})
  target_compile_definitions(${name} PRIVATE OCCUPET_COMMAND=${function}_command)
  target_link_libraries(${name} PRIVATE occupet_commands)
endfunction()

# What follows from the list of all commands: the target commands (with manual pages), docs_tools, completion.
function(occupet_finish_commands)
  get_property(commands GLOBAL PROPERTY OCCUPET_COMMANDS)
  get_property(manuals GLOBAL PROPERTY OCCUPET_MANUALS)
  add_custom_target(commands ALL DEPENDS ${commands} ${manuals})
  add_custom_target(docs_tools COMMENT "Printing docs/tools from the commands" VERBATIM)
  list(JOIN commands " " names)
  configure_file(completion.bash.in completion.bash @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/completion.bash COMPONENT tools
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME occupet)
  foreach(name IN LISTS commands)
    add_custom_command(TARGET docs_tools POST_BUILD VERBATIM
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_SOURCE_DIR}/docs/tools
      COMMAND ${name} --help-format markdown > ${PROJECT_SOURCE_DIR}/docs/tools/${name}.md)
    add_dependencies(docs_tools ${name})
    if(NOT name STREQUAL "occupet")
      install(CODE "file(CREATE_LINK occupet
        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/bash-completion/completions/${name}\"
        SYMBOLIC)" COMPONENT tools)
    endif()
  endforeach()
endfunction()
