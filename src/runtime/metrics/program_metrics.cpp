// The handles by which programs define and write metrics of their own.

#include "runtime/metrics/registry.h"

namespace basalt {

Counter::Counter(std::string_view name, std::string_view help)
    : cell_(&metrics::program_metric(MetricKind::counter, name, help)) {}

void Counter::add(std::uint64_t amount) const noexcept {
  cell_->add(amount);
}

std::uint64_t Counter::value() const noexcept {
  return cell_->count();
}

Gauge::Gauge(std::string_view name, std::string_view help)
    : cell_(&metrics::program_metric(MetricKind::gauge, name, help)) {}

void Gauge::set(double value) const noexcept {
  cell_->set(value);
}

void Gauge::move(double change) const noexcept {
  cell_->move(change);
}

double Gauge::value() const noexcept {
  return cell_->value.load(std::memory_order_relaxed);
}

Histogram::Histogram(std::string_view name, std::string_view help)
    : cell_(&metrics::program_metric(MetricKind::histogram, name, help)) {}

void Histogram::observe(double seconds) const noexcept {
  cell_->observe(seconds);
}

}  // namespace basalt
