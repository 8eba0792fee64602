// SPDX-License-Identifier: Apache-2.0
#include "tools/workflow/step.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "libpet/error.h"
#include "libpet/io/detail/temporaries.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/output_files.h"
#include "tools/tool_invocation.h"

namespace pet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

bool holds(const fs::path& path, const std::string& text) {
  return fs::is_regular_file(path) && detail::read_text_file(path) == text;
}

// The state in a file; null where there is none that can be read.
Json state_in(const fs::path& path) {
  if (!fs::is_regular_file(path)) return nullptr;
  return Json::parse(detail::read_text_file(path), nullptr, false);
}

// The words as a person would type them in the folder of each file.
std::string typed(const Step& step) {
  Invocation invocation{step.command, {}};
  for (const StepWord& word : step.words)
    invocation.words.push_back(word.path.empty() ? word.text : word.text + word.path.filename().string());
  return command_line(invocation);
}

std::vector<std::string> words_to_run(const Step& step) {
  std::vector<std::string> words = {"--force"};
  for (const StepWord& word : step.words) words.push_back(word.text + word.path.string());
  return words;
}

void remove_files(const std::vector<fs::path>& files) {
  std::error_code error;
  for (const fs::path& file : files) fs::remove(file, error);
}

}  // namespace

StepRunner::StepRunner(fs::path state,
                       fs::path results,
                       unsigned threads,
                       std::function<std::string(const fs::path&)> uri_of)
    : state_(std::move(state)), results_(std::move(results)), threads_(threads), uri_of_(std::move(uri_of)) {}

fs::path StepRunner::state_of(const std::string& id) const {
  return state_ / (id + ".json");
}

std::string StepRunner::sha256_of(const fs::path& file) {
  std::string& known = checksums_[file.string()];
  if (known.empty()) known = checksum(file).sha256;
  return known;
}

// Of all that the bytes of the outputs follow from.
std::string StepRunner::key_of(const Step& step) {
  std::string text = version() + "\n" + typed(step) + "\n";
  for (const fs::path& file : step.read) text += uri_of_(file) + " " + sha256_of(file) + "\n";
  for (const fs::path& file : step.written) text += uri_of_(file) + "\n";
  return sha256(text);
}

bool StepRunner::is_up_to_date(const Step& step, const std::string& key, StepResult& result) {
  const Json state = state_in(state_of(step.id));
  if (!state.is_object() || state.value("key", "") != key) return false;
  const Json outputs = state.value("outputs", Json::object());
  for (const auto& [name, digest] : outputs.items()) {
    const fs::path file = results_ / name;
    if (!fs::is_regular_file(file) || checksum(file).sha256 != digest) return false;
  }
  for (const Json& message : state.value("messages", Json::array()))
    result.messages.push_back({message.value("level", ""), message.value("text", "")});
  result.is_done = result.was_up_to_date = true;
  return true;
}

Provenance StepRunner::provenance_of(const Step& step, const std::vector<std::string>& inputs) {
  Provenance provenance;
  provenance.command_line = typed(step);
  for (const std::string& input : inputs) provenance.inputs.push_back({uri_of_(input), sha256_of(input)});
  return provenance;
}

StepResult StepRunner::run_command(const Step& step) {
  StepResult result;
  for (const fs::path& file : step.written) make_folder(file.parent_path());
  Command command = step.make();
  Common& common = command.tool.parse(words_to_run(step));
  common.threads = threads_;
  common.listener = [&](const std::string& level, const std::string& text) {
    result.messages.push_back({level, text});
  };
  common.describe_inputs = [&](const std::vector<std::string>& inputs) { return provenance_of(step, inputs); };
  command.work(common);
  result.is_done = true;
  return result;
}

// What is about to be written, under a key that no step has: if this run is killed, the next one finds the outputs.
void StepRunner::announce(const Step& step) {
  Json state = {{"step", step.what}, {"key", ""}, {"outputs", Json::object()}, {"messages", Json::array()}};
  for (const fs::path& file : step.written) state["outputs"][file.lexically_relative(results_).string()] = "";
  write_whole(state_of(step.id), state.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void StepRunner::write_state(const Step& step, const std::string& key, const StepResult& result) {
  Json state = {{"step", step.what}, {"key", key}, {"outputs", Json::object()}, {"messages", Json::array()}};
  for (const fs::path& file : step.written) {
    if (!fs::is_regular_file(file)) continue;
    state["outputs"][file.lexically_relative(results_).string()] = checksum(file).sha256;
  }
  for (const StepMessage& message : result.messages)
    state["messages"].push_back({{"level", message.level}, {"text", message.text}});
  write_whole(state_of(step.id), state.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

StepResult StepRunner::run(const Step& step) {
  run_.push_back(step.id);
  StepResult result;
  for (const fs::path& file : step.written) checksums_.erase(file.string());
  try {
    const std::string key = key_of(step);
    if (is_up_to_date(step, key, result)) return result;
    announce(step);
    remove_files(step.written);
    result = run_command(step);
    write_state(step, key, result);
    return result;
  } catch (const OutputError&) {
    throw;  // no space, no permission: nothing that another participant would not meet
  } catch (const std::exception& error) {
    result.reason = error.what();
  }
  remove(step);
  result.is_done = false;
  return result;
}

void StepRunner::remove(const Step& step) {
  remove_files(step.written);
  remove_files({state_of(step.id)});
}

void StepRunner::remove_what_was_not_run(const std::string& kept) {
  std::error_code error;
  std::vector<fs::path> states;
  for (const auto& entry : fs::directory_iterator(state_, error)) states.push_back(entry.path());
  for (const fs::path& path : states) {
    if (path.extension() != ".json" || path.stem() == kept ||
        std::find(run_.begin(), run_.end(), path.stem().string()) != run_.end())
      continue;
    const Json state = state_in(path);
    const Json outputs = state.is_object() ? state.value("outputs", Json::object()) : Json::object();
    for (const auto& [name, digest] : outputs.items()) fs::remove(results_ / name, error);
    fs::remove(path, error);
  }
}

void remove_partial_files(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  for (auto entry = fs::recursive_directory_iterator(folder, error); entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    if (error) break;
    if (detail::is_unfinished_output(entry->path())) found.push_back(entry->path());
  }
  for (const fs::path& path : found) fs::remove_all(path, error);
}

void remove_partial_files_of(const fs::path& folder, const std::string& start) {
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (detail::is_unfinished_output(entry.path()) && entry.path().filename().native().starts_with("." + start))
      found.push_back(entry.path());
  for (const fs::path& path : found) fs::remove_all(path, error);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw OutputError(folder.string() + ": the folder cannot be made: " + error.message());
}

void write_whole(const fs::path& path, const std::string& text) {
  if (holds(path, text)) return;
  make_folder(path.parent_path());
  OutputFiles files(true);
  files.write(path, text);
  files.commit();
}

void write_shared(const fs::path& path, const fs::path& own, const std::string& text) {
  if (holds(path, text)) return;
  const fs::path temporary = own / ("." + path.filename().string() + ".partial");
  write_whole(temporary, text);
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) throw OutputError(path.string() + ": cannot be written: " + error.message());
}

}  // namespace pet
