// What a condition tells about optional values: after `where x != null` x is there.
//
// Facts are kept about places, that is paths of fields from a column or a local name; an expression that is no path
// tells nothing. Type refinement by control flow as in Typed Racket's occurrence typing, without its logic of
// disjunctions: of an `or` that holds we keep what both sides tell.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "frontend/sema/program.h"

namespace streamc::sema {

// "properties.mag" of a column or local; none for anything else. Names are separated by a byte that no name contains.
std::optional<std::string> placeOf(const Expr& expr);

// The payload of a variant of a `oneof`, which may be optional; null when it has none, or the type is another.
TypeRef payloadOf(TypeRef type, const std::string& variant);

class Facts {
 public:
  bool isPresent(const std::string& place) const { return places_.contains(place) && places_.at(place).empty(); }
  // The variant of a `oneof` that the place is known to hold; null when unknown.
  const std::string* variant(const std::string& place) const;
  bool empty() const { return places_.empty(); }
  const std::map<std::string, std::string>& places() const { return places_; }

  void setPresent(std::string place) { places_.insert_or_assign(std::move(place), ""); }
  void setVariant(std::string place, std::string variant) {
    places_.insert_or_assign(std::move(place), std::move(variant));
  }
  void add(const Facts& more);
  Facts both(const Facts& other) const;
  // Forgets a place and everything inside it.
  void remove(const std::string& place);

 private:
  std::map<std::string, std::string> places_;  // "" = present, else the variant
};

// What is known when `condition` came out as `truth`.
Facts factsWhen(const Expr& condition, bool truth);

}  // namespace streamc::sema
