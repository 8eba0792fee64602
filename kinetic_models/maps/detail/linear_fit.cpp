// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

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
    if (terms.form == Form::multilinear) multilinear_.emplace(shared_, terms.has_own_integral, frames_, integral_);
    if (terms.form == Form::graphical) graphical_.emplace(shared_.front(), frames_, integral_);
  }

  void fit(const VoxelBlock& measured, std::size_t count, std::size_t first, ParametricMaps& maps) const override {
    thread_local QuadWorkspace work;
    work.resize(integral_);
    QuadResult result;
    for (std::size_t lane = 0; lane < count; lane += quad_lanes) {
      const std::size_t quad = std::min(quad_lanes, count - lane);
      load_tissue(measured, lane, work.curve);
      if (multilinear_) {
        multilinear_->fit(work, result);
        report_quad(result, shared_.size() + (terms_.has_own_integral ? 1 : 0), quad, first + lane, maps);
      } else if (graphical_) {
        graphical_->fit(work, result);
        report_quad(result, 2, quad, first + lane, maps);
      } else {
        fit_ratio(work.curve, quad, first + lane, maps);
      }
    }
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

  // Four curves without the blood in them.
  void load_tissue(const VoxelBlock& measured, std::size_t lane, QuadCurve& curve) const {
    for (std::size_t f = 0; f < curve.size(); ++f) {
      const float* row = measured.row(f) + lane;
      curve[f] = Quad{row[0], row[1], row[2], row[3]};
      if (vB_ > 0.0) curve[f] = (curve[f] - vB_ * blood_[f]) / (1.0 - vB_);
    }
  }

  // The ratio of sums with its variance from the residuals about it, as fit_suvr has it.
  void fit_ratio(const QuadCurve& curve, std::size_t quad, std::size_t first, ParametricMaps& maps) const {
    Quad target = {};
    double reference = 0.0;
    for (const std::size_t f : frames_.used.index) {
      target += duration_[f] * curve[f];
      reference += duration_[f] * shared_[0][f];
    }
    const Quad ratio = target / reference;
    Quad rss = {};
    Quad scatter = {};
    for (const std::size_t f : frames_.used.index) {
      const Quad residual = curve[f] - ratio * shared_[0][f];
      rss += residual * residual;
      scatter += duration_[f] * duration_[f] * residual * residual;
    }
    const std::size_t points = frames_.used.index.size();
    const auto n = static_cast<double>(points);
    const double factor = n > 1.0 ? n / (n - 1.0) / (reference * reference) : not_available;
    for (std::size_t lane = 0; lane < quad; ++lane) {
      const double value = ratio[lane];
      const double variance = factor * scatter[lane];
      const FitStatus status = reference > 0.0 ? FitStatus::ok : FitStatus::failed;
      report(*terms_.model, options_, {{&value, 1}, {&variance, 1}, rss[lane], points, 1, status}, first + lane, maps);
    }
  }

  void report_quad(
      const QuadResult& result, std::size_t columns, std::size_t quad, std::size_t first, ParametricMaps& maps) const {
    std::array<double, most_columns> coefficients;
    std::array<double, most_columns * most_columns> covariance;
    for (std::size_t lane = 0; lane < quad; ++lane) {
      for (std::size_t a = 0; a < columns; ++a) {
        coefficients[a] = result.coefficient[a][lane];
        for (std::size_t b = 0; b < columns; ++b) covariance[a * columns + b] = result.covariance[a][b][lane];
      }
      FitStatus status = FitStatus::ok;
      if (!terms_.is_physical(coefficients.data(), options_)) status = FitStatus::unidentifiable;
      if (result.is_determined[lane] == 0.0) {
        status = FitStatus::unidentifiable;
        coefficients.fill(not_available);
      }
      report(*terms_.model, options_,
             {std::span(coefficients).first(columns), std::span(covariance).first(columns * columns), result.rss[lane],
              static_cast<std::size_t>(result.points[lane]), columns, status},
             first + lane, maps);
      // From t* on only the ratio of the first two coefficients of mrtm has its meaning.
      if (terms_.model->name == mrtm.name && options_.t_star_min) keep_only(maps, "BPND", first + lane);
    }
  }

  static void keep_only(ParametricMaps& maps, std::string_view symbol, std::size_t at) {
    for (QuantityMap& quantity : maps.quantities)
      if (quantity.symbol != symbol)
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
                                     const FitOptions& options,
                                     const TimeActivityCurve& mean) {
  const LinearTerms* terms = terms_of(model);
  return terms == nullptr ? nullptr : std::make_unique<LinearFit>(*terms, input, options, mean);
}

}  // namespace pet::detail
