#include "tarn/core/scratch.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tarn;

TEST_CASE("a buffer comes back as it was left; two loans at once are two buffers; a copy starts with none") {
  using Numbers = std::vector<int>;
  Scratch<Numbers> scratch;
  const int* kept = nullptr;
  {
    Scratch<Numbers>::Loan first(scratch), second(scratch);
    first->assign(3, 7);
    CHECK(second->empty());
    CHECK(&*first != &*second);
    second->assign(1, 5);
    kept = first->data();
  }
  {
    Scratch<Numbers>::Loan again(scratch);
    CHECK((*again == Numbers{7, 7, 7}));
    CHECK(again->data() == kept);
    Scratch<Numbers> copy(scratch);
    CHECK(Scratch<Numbers>::Loan(copy)->empty());
  }
  Scratch<Numbers> moved(std::move(scratch));
  CHECK_FALSE(Scratch<Numbers>::Loan(moved)->empty());
}
