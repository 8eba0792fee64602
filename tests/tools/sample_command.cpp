// SPDX-License-Identifier: Apache-2.0
// A command with one option of every kind, which prints what it was given. tool_test.cpp runs it.
#include <iostream>
#include <new>

#include "libpet/error.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::string tacs;
  std::vector<std::string> more;
  std::string reference;
  std::string model = "srtm";
  std::vector<std::string> drugs;
  std::vector<std::string> regions;
  std::optional<double> delay;
  std::optional<std::string> note;
  double level = 0.95;
  int starts = 10;
  bool compare = false;
  std::string fail;
  int status = 0;
};

void fail_as_asked(const std::string& how) {
  if (how == "usage") throw pet::UsageError("no such model");
  if (how == "input") throw pet::bad_input("a.tsv:3", "'x\ny'", "a number");
  if (how == "missing") throw pet::InputNotFound("a.tsv: no such file");
  if (how == "output") throw pet::OutputError("b.tsv: No space left on device");
  if (how == "memory") throw std::bad_alloc();
  if (how == "bug") throw std::logic_error("broken invariant");
}

int run(const Options& options, const pet::Common& common) {
  pet::say(common, "a message");
  pet::warn(common, "a caution");
  pet::Progress progress(common, "working", 2);
  progress.advance();
  fail_as_asked(options.fail);
  std::cout << "tacs=" << options.tacs << " model=" << options.model << " reference=" << options.reference;
  for (const std::string& name : options.more) std::cout << " more=" << name;
  for (const std::string& drug : options.drugs) std::cout << " drug=" << drug;
  for (const std::string& region : options.regions) std::cout << " region=" << region;
  if (options.delay) std::cout << " delay=" << *options.delay;
  if (options.note) std::cout << " note=" << *options.note;
  std::cout << " level=" << options.level << " starts=" << options.starts << " compare=" << options.compare;
  std::cout << " output=" << common.output << " force=" << common.force << " threads=" << common.threads << "\n";
  std::cout << pet::provenance_of({}).command_line << "\n";
  return options.status;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-sample", "print what the command line says")
      .description(
          "A long paragraph that does not fit into the eighty columns of a terminal and so has to be "
          "broken into lines, of which none may be longer than that.")
      .example("pet-sample tacs.tsv --reference cerebellum", "the shortest call")
      .citation("Author A, Other B. Journal 1996;4:153-158. doi:10.1006/nimg.1996.0066")
      .argument("tacs", options.tacs, "table of time-activity curves")
      .argument("more", options.more, "more tables")
      .required("reference", options.reference, "REGION", "region without the target")
      .option("model", options.model, "MODEL", "kinetic model")
      .choices("model", {"srtm", "srtm2", "logan-ref"})
      .option("drug", options.drugs, "FILE", "scan under the drug")
      .option("regions", options.regions, "REGION,...", "regions to fit")
      .option("delay", options.delay, "SECONDS", "delay of the blood curve, s")
      .option("note", options.note, "TEXT", "free text | with a bar")
      .option("level", options.level, "P", "level of the intervals")
      .option("starts", options.starts, "N", "starts of the optimiser")
      .option("compare", options.compare, "compare the models")
      .option("fail", options.fail, "HOW", "end with an error")
      .option("status", options.status, "N", "exit status")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
