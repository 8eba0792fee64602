// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "kinetic_models/detail/linear.h"
#include "kinetic_models/logan.h"
#include "kinetic_models/logan_ref.h"
#include "kinetic_models/ma1.h"
#include "kinetic_models/maps/detail/block_fit.h"
#include "kinetic_models/maps/detail/quad_regression.h"
#include "kinetic_models/maps/detail/voxel_report.h"
#include "kinetic_models/mrtm.h"
#include "kinetic_models/mrtm2.h"
#include "kinetic_models/patlak.h"
#include "kinetic_models/patlak_ref.h"
#include "kinetic_models/suvr.h"
#include "libpet/detail/vector_versions.h"

namespace pet::detail {
namespace {

// How a linear method is made of curves that all voxels share and of the voxel's own curve C and running integral:
//   multilinear   C ~ shared[0], own integral (where it has one), shared[1]
//   graphical     own integral / C ~ shared[0] / C, 1
//   ratio         sum dt C / sum dt shared[0]
enum class Form { multilinear, graphical, ratio };

struct LinearTerms {
  const Model* model;
  Form form;
  bool has_own_integral;
  std::vector<std::vector<double>> (*shared)(const ScanInput&, const FitOptions&);
  bool (*is_physical)(const double* coefficients, const FitOptions&);
};

const SampledInput& sampled(const ScanInput& input) {
  return input.is_plasma() ? input.plasma().input() : input.reference().input();
}

using Curves = std::vector<std::vector<double>>;

Curves integral_and_value(const ScanInput& input, const FitOptions&) {
  return {sampled(input).integral(), sampled(input).value()};
}

Curves integral_only(const ScanInput& input, const FitOptions&) {
  return {sampled(input).integral()};
}

// int C_R + C_R / k2prime; without k2prime its term is left out.
Curves integral_with_efflux(const ScanInput& input, const FitOptions& options) {
  const std::array terms = {sampled(input).integral(), sampled(input).value()};
  return {combination(terms, std::array{1.0, options.k2prime ? 1.0 / *options.k2prime : 0.0})};
}

Curves reference_value(const ScanInput& input, const FitOptions&) {
  return {input.reference().tac().activity};
}

bool is_always(const double*, const FitOptions&) {
  return true;
}

bool is_positive(const double* g, const FitOptions&) {
  return g[0] > 0.0;
}

const std::array linear_terms = {
    LinearTerms{&mrtm, Form::multilinear, true, integral_and_value,
                [](const double* g, const FitOptions& o) { return -g[1] > 0.0 && (o.t_star_min || g[2] > 0.0); }},
    LinearTerms{&mrtm2, Form::multilinear, true, integral_with_efflux,
                [](const double* g, const FitOptions&) { return -g[1] > 0.0 && g[0] > 0.0; }},
    LinearTerms{&ma1, Form::multilinear, true, integral_only,
                [](const double* g, const FitOptions&) { return -g[0] / g[1] > 0.0 && g[1] < 0.0; }},
    LinearTerms{&patlak, Form::multilinear, false, integral_and_value, is_always},
    LinearTerms{&patlak_ref, Form::multilinear, false, integral_and_value, is_always},
    LinearTerms{&logan, Form::graphical, true, integral_only, is_positive},
    LinearTerms{&logan_ref, Form::graphical, true, integral_with_efflux, is_positive},
    LinearTerms{&suvr, Form::ratio, false, reference_value, is_always},
};

const LinearTerms* terms_of(const Model& model) {
  for (const LinearTerms& terms : linear_terms)
    if (terms.model->name == model.name) return &terms;
  return nullptr;
}

FitOptions weighted_as(const Model& model, FitOptions options) {
  if (!model.uses_weights) options.weights.clear();
  return options;
}

// Four curves without the blood in them.
OCCUPET_VECTOR_VERSIONS void load_tissue(
    const VoxelBlock& measured, std::size_t lane, const std::vector<double>& blood, double vB, QuadCurve& curve) {
  using Four [[gnu::vector_size(quad_lanes * sizeof(float)), gnu::may_alias]] = float;
  Quad* const tissue = curve.data();
  for (std::size_t f = 0; f < curve.size(); ++f)
    tissue[f] = __builtin_convertvector(*reinterpret_cast<const Four*>(measured.row(f) + lane), Quad);
  if (vB > 0.0)
    for (std::size_t f = 0; f < curve.size(); ++f) tissue[f] = (tissue[f] - vB * blood[f]) / (1.0 - vB);
}

class LinearFit : public BlockFit {
 public:
  LinearFit(const LinearTerms& terms, const ScanInput& input, const FitOptions& options, const TimeActivityCurve& mean)
      : terms_(terms),
        options_(options),
        frames_{frames_used(mean, weighted_as(*terms.model, options), terms.model->least_frames, terms.model->name),
                {}},
        shared_(terms.shared(delayed(input, options), options)),
        integral_(mean.frames, input.sampling()) {
    for (const double weight : all_frame_weights(mean, options))
      frames_.variance.push_back(weight > 0.0 ? 1.0 / weight : 0.0);
    for (const Frame& frame : mean.frames) duration_.push_back(frame.duration_min());
    vB_ = options.vB.value.value_or(0.0);
    if (vB_ > 0.0) blood_ = input.plasma().whole_blood().moved(options.delay_min.value.value_or(0.0)).value;
    if (terms.form == Form::multilinear) {
      multilinear_.emplace(shared_, terms.has_own_integral, frames_, integral_);
      columns_ = shared_.size() + (terms.has_own_integral ? 1 : 0);
    }
    if (terms.form == Form::graphical) {
      graphical_.emplace(shared_.front(), frames_, integral_);
      columns_ = 2;
    }
  }

  void fit(const VoxelBlock& measured,
           std::size_t count,
           std::size_t first,
           ParametricMaps& maps,
           const NextBlock& next) const override {
    thread_local QuadWorkspace work;
    thread_local VoxelResults results;
    work.resize(integral_);
    QuadResult result;
    for (std::size_t part = 0; part < count; part += VoxelResults::lanes) {
      for (std::size_t lane = 0; lane < VoxelResults::lanes; lane += quad_lanes) {
        next.fetch((part + lane) / quad_lanes, lanes / quad_lanes);
        load_tissue(measured, part + lane, blood_, vB_, work.curve);
        if (multilinear_) multilinear_->fit(work, result);
        if (graphical_) graphical_->fit(work, result);
        if (terms_.form == Form::ratio) fit_ratio(work.curve, result);
        keep(result, lane, results);
      }
      const std::size_t some = std::min(VoxelResults::lanes, count - part);
      detail::report(*terms_.model, options_, columns_, results, some, first + part, maps);
      // From t* on only the ratio of the first two coefficients of mrtm has its meaning.
      if (terms_.model->name == mrtm.name && options_.t_star_min) keep_only("BPND", some, first + part, maps);
    }
  }

  void examine(const VoxelBlock&, const std::array<bool, lanes>&, std::size_t, ResidualPool&) const override {
    throw std::logic_error("residuals of a linear method are not the noise of frames");
  }

 private:
  // The input with the delay of the options: linear methods take it as it was prepared.
  const ScanInput& delayed(const ScanInput& input, const FitOptions& options) {
    input_.emplace(input);
    if (input.is_plasma() && options.delay_min.value && *options.delay_min.value != input.plasma().delay_min()) {
      plasma_.emplace(input.plasma().delayed(*options.delay_min.value));
      input_.emplace(*plasma_);
    }
    return *input_;
  }

  // The ratio of sums with its variance from the residuals about it, as fit_suvr has it.
  void fit_ratio(const QuadCurve& curve, QuadResult& result) const {
    Quad target = {};
    double reference = 0.0;
    for (const std::size_t f : frames_.used.index) {
      target += duration_[f] * curve[f];
      reference += duration_[f] * shared_[0][f];
    }
    const Quad ratio = target / reference;
    Quad scatter = {};
    result.rss = Quad{};
    for (const std::size_t f : frames_.used.index) {
      const Quad residual = curve[f] - ratio * shared_[0][f];
      result.rss += residual * residual;
      scatter += duration_[f] * duration_[f] * residual * residual;
    }
    const auto n = static_cast<double>(frames_.used.index.size());
    const double factor = n > 1.0 ? n / (n - 1.0) / (reference * reference) : not_available;
    result.coefficient[0] = ratio;
    result.covariance[0][0] = factor * scatter;
    result.points = Quad{} + n;
    result.is_determined = Quad{} + (reference > 0.0 ? 1.0 : 0.0);
  }

  // Puts the results of a quad into lanes from `lane` on.
  void keep(const QuadResult& result, std::size_t lane, VoxelResults& results) const {
    const auto put = [lane](const Quad& quad, VoxelResults::Row& row) {
      for (std::size_t i = 0; i < quad_lanes; ++i) row[lane + i] = quad[i];
    };
    for (std::size_t a = 0; a < columns_; ++a) {
      put(result.coefficient[a], results.parameter[a]);
      for (std::size_t b = 0; b < columns_; ++b) put(result.covariance[a][b], results.covariance[a * columns_ + b]);
    }
    put(result.rss, results.weighted_rss);
    put(result.points, results.frames);
    for (std::size_t i = 0; i < quad_lanes; ++i) {
      std::array<double, most_columns> coefficients{};
      for (std::size_t a = 0; a < columns_; ++a) coefficients[a] = result.coefficient[a][i];
      FitStatus& status = results.status[lane + i];
      status = terms_.is_physical(coefficients.data(), options_) ? FitStatus::ok : FitStatus::unidentifiable;
      results.fitted[lane + i] = static_cast<std::uint8_t>(columns_);
      if (result.is_determined[i] != 0.0) continue;
      status = terms_.form == Form::ratio ? FitStatus::failed : FitStatus::unidentifiable;
      for (std::size_t a = 0; a < columns_; ++a) results.parameter[a][lane + i] = not_available;
    }
  }

  static void keep_only(std::string_view symbol, std::size_t count, std::size_t first, ParametricMaps& maps) {
    for (QuantityMap& quantity : maps.quantities)
      for (std::size_t at = first; quantity.symbol != symbol && at < first + count; ++at)
        quantity.value[at] = quantity.standard_error[at] = std::numeric_limits<float>::quiet_NaN();
  }

  const LinearTerms& terms_;
  FitOptions options_;
  NoisyFrames frames_;
  std::optional<Plasma> plasma_;
  std::optional<ScanInput> input_;
  std::vector<std::vector<double>> shared_;
  LaneIntegral integral_;
  std::optional<SharedRegression> multilinear_;
  std::optional<GraphicalRegression> graphical_;
  std::size_t columns_ = 1;
  std::vector<double> duration_;
  double vB_ = 0.0;
  std::vector<double> blood_;
};

}  // namespace

bool has_linear_terms(const Model& model) {
  return terms_of(model) != nullptr;
}

std::unique_ptr<BlockFit> linear_fit(const Model& model,
                                     const ScanInput& input,
                                     const MapOptions& options,
                                     const TimeActivityCurve& mean) {
  const LinearTerms* terms = terms_of(model);
  return terms == nullptr ? nullptr : std::make_unique<LinearFit>(*terms, input, options.fit, mean);
}

}  // namespace pet::detail
