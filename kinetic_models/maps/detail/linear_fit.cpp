// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "kinetic_models/detail/linear.h"
#include "kinetic_models/logan.h"
#include "kinetic_models/logan_ref.h"
#include "kinetic_models/ma1.h"
#include "kinetic_models/maps/detail/block_fit.h"
#include "kinetic_models/maps/detail/lane_regression.h"
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
        used_(frames_used(mean, weighted_as(*terms.model, options), terms.model->least_frames, terms.model->name)),
        shared_(terms.shared(delayed(input, options), options)),
        integral_(mean.frames, input.sampling()) {
    for (const double weight : all_frame_weights(mean, options))
      variance_of_frame_.push_back(weight > 0.0 ? 1.0 / weight : 0.0);
    for (const Frame& frame : mean.frames) duration_.push_back(frame.duration_min());
    vB_ = options.vB.value.value_or(0.0);
    if (vB_ > 0.0) blood_ = input.plasma().whole_blood().moved(options.delay_min.value.value_or(0.0)).value;
  }

  void fit(const VoxelBlock& measured, std::size_t count, std::size_t first, ParametricMaps& maps) const override {
    for (std::size_t lane = 0; lane < count; lane += strip_lanes) {
      const std::size_t strip = std::min<std::size_t>(strip_lanes, count - lane);
      const StripCurve curve = tissue(measured, lane);
      if (terms_.form == Form::ratio)
        fit_ratio(curve, strip, first + lane, maps);
      else if (terms_.form == Form::graphical)
        fit_graphical(curve, strip, first + lane, maps);
      else
        fit_multilinear(curve, strip, first + lane, maps);
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

  // The curves of a strip without the blood in them.
  StripCurve tissue(const VoxelBlock& measured, std::size_t lane) const {
    StripCurve curve(measured.rows());
    for (std::size_t f = 0; f < curve.size(); ++f) {
      curve[f] = Eigen::Map<const Eigen::Array<float, strip_lanes, 1>>(measured.row(f) + lane).cast<double>();
      if (vB_ > 0.0) curve[f] = (curve[f] - vB_ * blood_[f]) / (1.0 - vB_);
    }
    return curve;
  }

  StripCurve integral_of(const StripCurve& curve) const {
    StripCurve integral(curve.size());
    integral_.integrate(curve.data(), integral.data());
    return integral;
  }

  StripCurve weights() const {
    StripCurve weight(used_.index.size());
    for (std::size_t r = 0; r < weight.size(); ++r) weight[r].setConstant(used_.weight[r]);
    return weight;
  }

  StripCurve shared_rows(std::size_t which) const {
    StripCurve rows(used_.index.size());
    for (std::size_t r = 0; r < rows.size(); ++r) rows[r].setConstant(shared_[which][used_.index[r]]);
    return rows;
  }

  StripCurve rows_of(const StripCurve& curve) const {
    StripCurve rows(used_.index.size());
    for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = curve[used_.index[r]];
    return rows;
  }

  void fit_multilinear(const StripCurve& curve, std::size_t strip, std::size_t first, ParametricMaps& maps) const {
    const std::size_t own = terms_.has_own_integral ? 1 : 0;
    const std::size_t columns = shared_.size() + own;
    std::array<StripCurve, most_columns> x;
    x[0] = shared_rows(0);
    if (own > 0) x[1] = rows_of(integral_of(curve));
    if (shared_.size() > 1) x[1 + own] = shared_rows(1);
    StripCurve y = rows_of(curve);
    const StripCurve weight = weights();
    LaneRegression regression(columns);
    regression.solve(weight, x, y);
    if (own > 0) {
      // The residual is C - g int C - ...
      const StripCurve alpha(weight.size(), Strip(-regression.coefficient(1)));
      const StripCurve beta(weight.size(), Strip(Strip::Constant(-1.0)));
      regression.propagate_noise(integral_, used_.index, variance_of_frame_, weight, x, alpha, beta);
    } else {
      regression.own_noise(static_cast<double>(weight.size()));
    }
    report_strip(regression, columns, Strip::Constant(static_cast<double>(weight.size())), strip, first, maps);
  }

  void fit_graphical(const StripCurve& curve, std::size_t strip, std::size_t first, ParametricMaps& maps) const {
    constexpr std::size_t columns = 2;
    const StripCurve activity = rows_of(curve);
    const StripCurve integral = rows_of(integral_of(curve));
    StripCurve weight = weights();
    std::array<StripCurve, most_columns> x;
    x[0] = shared_rows(0);
    const StripCurve numerator = x[0];
    x[1].assign(weight.size(), Strip(Strip::Ones()));
    StripCurve y(weight.size());
    StripCurve alpha(weight.size());
    Strip points = Strip::Zero();
    for (std::size_t r = 0; r < weight.size(); ++r) {
      const auto has_point = activity[r] != 0.0;  // frames without activity have no point in the plot
      alpha[r] = has_point.select(1.0 / activity[r], Strip::Zero());
      weight[r] = has_point.select(weight[r], Strip::Zero());
      points += has_point.cast<double>();
      x[0][r] *= alpha[r];
      y[r] = integral[r] * alpha[r];
    }
    LaneRegression regression(columns);
    regression.solve(weight, x, y);
    StripCurve beta(weight.size());
    for (std::size_t r = 0; r < weight.size(); ++r)
      beta[r] = (integral[r] - regression.coefficient(0) * numerator[r]) * alpha[r].square();
    regression.propagate_noise(integral_, used_.index, variance_of_frame_, weight, x, alpha, beta);
    report_strip(regression, columns, points, strip, first, maps);
  }

  // The ratio of sums with its variance from the residuals about it, as fit_suvr has it.
  void fit_ratio(const StripCurve& curve, std::size_t strip, std::size_t first, ParametricMaps& maps) const {
    Strip target = Strip::Zero();
    double reference = 0.0;
    for (const std::size_t f : used_.index) {
      target += duration_[f] * curve[f];
      reference += duration_[f] * shared_[0][f];
    }
    const Strip ratio = target / reference;
    Strip rss = Strip::Zero();
    Strip scatter = Strip::Zero();
    for (const std::size_t f : used_.index) {
      const Strip residual = curve[f] - ratio * shared_[0][f];
      rss += residual.square();
      scatter += (duration_[f] * residual).square();
    }
    const auto n = static_cast<double>(used_.index.size());
    const Strip variance =
        n > 1.0 ? Strip(scatter * (n / (n - 1.0) / (reference * reference))) : Strip(Strip::Constant(not_available));
    for (std::size_t lane = 0; lane < strip; ++lane) {
      const auto l = static_cast<Eigen::Index>(lane);
      const FitStatus status = reference > 0.0 ? FitStatus::ok : FitStatus::failed;
      report(*terms_.model, options_, {{&ratio[l], 1}, {&variance[l], 1}, rss[l], used_.index.size(), 1, status},
             first + lane, maps);
    }
  }

  void report_strip(const LaneRegression& regression,
                    std::size_t columns,
                    const Strip& points,
                    std::size_t strip,
                    std::size_t first,
                    ParametricMaps& maps) const {
    std::array<double, most_columns> coefficients;
    std::array<double, most_columns * most_columns> covariance;
    for (std::size_t lane = 0; lane < strip; ++lane) {
      const auto l = static_cast<Eigen::Index>(lane);
      for (std::size_t a = 0; a < columns; ++a) {
        coefficients[a] = regression.coefficient(a)[l];
        for (std::size_t b = 0; b < columns; ++b) covariance[a * columns + b] = regression.covariance(a, b)[l];
      }
      FitStatus status = FitStatus::ok;
      if (!terms_.is_physical(coefficients.data(), options_)) status = FitStatus::unidentifiable;
      if (!regression.is_determined(static_cast<int>(lane))) {
        status = FitStatus::unidentifiable;
        coefficients.fill(not_available);
      }
      report(*terms_.model, options_,
             {std::span(coefficients).first(columns), std::span(covariance).first(columns * columns),
              regression.rss()[l], static_cast<std::size_t>(points[l]), columns, status},
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
  FramesUsed used_;
  std::optional<Plasma> plasma_;
  std::optional<ScanInput> input_;
  std::vector<std::vector<double>> shared_;
  LaneIntegral integral_;
  std::vector<double> variance_of_frame_;
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
