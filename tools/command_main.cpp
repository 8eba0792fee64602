// SPDX-License-Identifier: Apache-2.0
// The program of one command; OCCUPET_COMMAND is the function of commands.h that makes it.
#include "tools/commands.h"

int main(int argc, char** argv) {
  pet::Command command = pet::OCCUPET_COMMAND();
  return command.tool.main(argc, argv, command.work);
}
