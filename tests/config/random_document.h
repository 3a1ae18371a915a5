// Random configurations that are right, made along the declaration of the keys, and changes that
// may make them wrong. One thread; the same random numbers give the same documents.
#pragma once

#include <random>

#include "config/document.h"

namespace config {

[[nodiscard]] Node random_document(std::mt19937& random);

// One thing in it becomes another: a value of another kind or out of bounds, a key that is
// misspelled, missing or too many.
void change_something(Node& document, std::mt19937& random);

}  // namespace config
