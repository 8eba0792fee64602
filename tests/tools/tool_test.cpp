// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/run_command.h"

namespace {

CommandResult sample(const std::string& words) {
  return run_command(SAMPLE_COMMAND " " + words);
}

// The one line on stderr of a call that must fail with `status` before it prints a result.
std::string error_line(const std::string& words, int status) {
  const CommandResult result = sample(words);
  INFO(words << "\n" << result.err);
  CHECK(result.status == status);
  CHECK(result.out.empty());
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK(result.err.rfind("pet-sample: ", 0) == 0);
  return result.err.substr(0, result.err.find('\n'));
}

const std::string valid = "a.tsv b.tsv --reference cb ";

}  // namespace

TEST_CASE("Options and arguments reach their variables, in any order and either form", "[tool]") {
  const CommandResult result = sample(
      "--drug d1 --drug d2 a.tsv --regions=x,y --regions z b.tsv c.tsv --reference cb --delay -5.5 "
      "--model srtm2 --note 'two words' --level=0.9 --starts 3 --compare -o out.tsv --force -j2 --quiet");
  CHECK(result.err.empty());
  CHECK(result.status == 0);
  CHECK(result.out.substr(0, result.out.find('\n')) ==
        "tacs=a.tsv model=srtm2 reference=cb more=b.tsv more=c.tsv drug=d1 drug=d2 region=x region=y region=z "
        "delay=-5.5 note=two words level=0.9 starts=3 compare=1 output=out.tsv force=1 threads=2");
}

TEST_CASE("What is not given keeps its default", "[tool]") {
  CHECK(sample(valid).out.rfind("tacs=a.tsv model=srtm reference=cb more=b.tsv level=0.95 starts=10 compare=0 "
                                "output= force=0 threads=0\n",
                                0) == 0);
}

TEST_CASE("After -- everything is an argument", "[tool]") {
  CHECK_THAT(sample("--reference cb -- a.tsv --help").out,
             Catch::Contains("tacs=a.tsv") && Catch::Contains("more=--help"));
}

TEST_CASE("The recorded command line can be typed again and leaves the number of threads out", "[tool]") {
  const std::string words = "a.tsv 'b c.tsv' --reference \"it's\"";
  const std::string expected = "pet-sample a.tsv 'b c.tsv' --reference 'it'\\''s'\n";
  for (const std::string threads : {"", " -j 2", " -j2", " --threads=3", " --threads 4"})
    CHECK_THAT(sample(words + threads).out, Catch::EndsWith("\n" + expected));
}

TEST_CASE("A typo in an option is one line with the nearest option", "[tool]") {
  CHECK(error_line(valid + "--modle srtm", 2) == "pet-sample: unknown option '--modle'; did you mean '--model'?");
  CHECK(error_line(valid + "--modle=srtm", 2) == "pet-sample: unknown option '--modle'; did you mean '--model'?");
  CHECK(error_line(valid + "-model srtm", 2) == "pet-sample: unknown option '-model'; did you mean '--model'?");
  CHECK(error_line(valid + "-x", 2) == "pet-sample: unknown option '-x'; see pet-sample --help");
}

TEST_CASE("The beginning of an option is named, not taken for the option", "[tool]") {
  CHECK(error_line(valid + "--comp", 2) == "pet-sample: unknown option '--comp'; did you mean '--compare'?");
}

TEST_CASE("Text that is not wholly a finite number is refused", "[tool]") {
  for (const std::string text : {"0,95", "0.95x", "' 1'", "nan", "inf", "1e999", "0x10", "+1", "abc"})
    CHECK_THAT(error_line(valid + "--level " + text, 2),
               Catch::Contains("--level: found") && Catch::EndsWith("expected a number"));
  for (const std::string text : {"1.5", "1e2", "99999999999", "x"})
    CHECK_THAT(error_line(valid + "--starts " + text, 2), Catch::EndsWith("expected a whole number"));
  CHECK_THAT(error_line(valid + "-j -1", 2), Catch::Contains("--threads"));
}

TEST_CASE("Command lines that make no sense end with 2 and say what is wrong", "[tool]") {
  CHECK_THAT(error_line("a.tsv b.tsv", 2), Catch::Contains("missing option --reference REGION"));
  CHECK_THAT(error_line("--reference cb", 2), Catch::Contains("missing argument TACS"));
  CHECK_THAT(error_line("a.tsv --reference cb", 2), Catch::Contains("missing argument MORE"));
  CHECK_THAT(error_line(valid + "--model", 2), Catch::Contains("'--model'"));
  CHECK_THAT(error_line(valid + "--model srtm --model srtm2", 2), Catch::Contains("--model is given more than once"));
  CHECK_THAT(error_line(valid + "--model srtm3", 2), Catch::Contains("unknown 'srtm3'; did you mean 'srtm"));
  CHECK_THAT(error_line(valid + "--regions x,,y", 2), Catch::Contains("--regions: found nothing"));
  CHECK_THAT(error_line(valid + "--note ''", 2), Catch::Contains("--note: found nothing"));
  CHECK_THAT(error_line(valid + "--compare=yes", 2), Catch::Contains("--compare"));
  CHECK_THAT(error_line(valid + "--log-level loud", 2), Catch::Contains("unknown 'loud'"));
}

TEST_CASE("A call without anything prints the usage on stderr and ends with 2", "[tool]") {
  const CommandResult result = sample("");
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK(result.err == "Usage: pet-sample [OPTIONS] TACS MORE...\nSee pet-sample --help.\n");
}

TEST_CASE("Each kind of failure has its exit status and one line", "[tool]") {
  CHECK(error_line(valid + "-q --fail usage", 2) == "pet-sample: no such model");
  CHECK(error_line(valid + "-q --fail input", 65) == "pet-sample: a.tsv:3: found 'x?y', expected a number");
  CHECK(error_line(valid + "-q --fail missing", 66) == "pet-sample: a.tsv: no such file");
  CHECK(error_line(valid + "-q --fail output", 70) == "pet-sample: b.tsv: No space left on device");
  CHECK(error_line(valid + "-q --fail memory", 70) == "pet-sample: out of memory");
  CHECK(error_line(valid + "-q --fail bug", 70) == "pet-sample: internal error: broken invariant");
}

TEST_CASE("The status of the work is that of the command", "[tool]") {
  CHECK(sample(valid + "--status 1").status == 1);
}

TEST_CASE("A result that cannot be written is an error", "[tool]") {
  const CommandResult result = sample(valid + "--quiet > /dev/full");
  CHECK(result.status == 70);
  CHECK(result.err == "pet-sample: stdout: cannot be written\n");
}

TEST_CASE("Messages carry the tool's name and follow --quiet and --log-level", "[tool]") {
  CHECK(sample(valid).err == "pet-sample: a message\npet-sample: warning: a caution\n");
  CHECK(sample(valid + "--log-level warning").err == "pet-sample: warning: a caution\n");
  CHECK(sample(valid + "--log-level error").err.empty());
  CHECK(sample(valid + "-q").err.empty());
  CHECK_THAT(sample(valid + "--log-level debug").err,
             Catch::Contains("pet-sample: debug: ") && Catch::EndsWith(" MiB\n"));
}

TEST_CASE("Progress with the time left is shown on a terminal only", "[tool]") {
  if (run_command("script -qec true /dev/null").status != 0) {
    WARN("skipped: there is no pseudo-terminal here");
    return;
  }
  const std::string command = "script -qec '" SAMPLE_COMMAND " a.tsv b.tsv --reference cb";
  CHECK_THAT(run_command(command + "' /dev/null").out,
             Catch::Contains("pet-sample: working [##########..........] 50 %") && Catch::Contains(" s left"));
  CHECK_THAT(run_command(command + " --quiet' /dev/null").out, !Catch::Contains("working"));
  CHECK_THAT(sample(valid).err, !Catch::Contains("working"));
}

TEST_CASE("Help starts with the usage, has every section and fits 80 columns", "[tool]") {
  const CommandResult result = sample("--help");
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(result.out.rfind("Usage: pet-sample [OPTIONS] TACS MORE...\n", 0) == 0);
  for (const std::string section : {"Arguments", "Options", "Common options", "Examples", "Exit status", "Citations"})
    CHECK_THAT(result.out, Catch::Contains("\n" + section + ":\n"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
}

TEST_CASE("Help shows value names, defaults, choices and what is required", "[tool]") {
  const std::string help = sample("--help").out;
  CHECK_THAT(help, Catch::Contains("--level P             level of the intervals [default: 0.95]\n"));
  CHECK_THAT(help,
             Catch::Contains("kinetic model (srtm, srtm2, logan-ref)\n                            [default: srtm]\n"));
  CHECK_THAT(help, Catch::Contains("region without the target [required]"));
  CHECK_THAT(help, Catch::Contains("-o, --output FILE"));
}

TEST_CASE("Help and version win over errors on the same line", "[tool]") {
  CHECK(sample("--nonsense --help").status == 0);
  CHECK(sample("-h").out == sample("--help").out);
  CHECK(sample("--version --nonsense").out == "pet-sample " PROJECT_VERSION "\n");
}

TEST_CASE("The page in Markdown and the manual page have every option of the help", "[tool]") {
  const std::string page = sample("--help-format markdown").out;
  const std::string manual = sample("--help-format man").out;
  CHECK_THAT(page, Catch::Contains("| `--level P` | level of the intervals [default: 0.95] |\n"));
  CHECK_THAT(page, Catch::Contains("free text \\| with a bar"));
  CHECK_THAT(manual, Catch::StartsWith(".TH PET\\-SAMPLE 1 ") && Catch::Contains("pet\\-sample \\- print what"));
  for (const std::string option : {"reference", "model", "drug", "regions", "delay", "note", "level", "starts",
                                   "compare", "output", "force", "threads", "quiet", "help", "version"}) {
    CHECK_THAT(page, Catch::Contains("--" + option));
    CHECK_THAT(manual, Catch::Contains("\\-\\-" + option));
  }
  CHECK_THAT(sample("--help").out, !Catch::Contains("help-format"));
  CHECK(error_line("--help-format pdf", 2) == "pet-sample: --help-format: found 'pdf', expected markdown or man");
}
