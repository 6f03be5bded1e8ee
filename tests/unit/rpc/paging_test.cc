#include "services/rpc/paging.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

using progress::v1::ListActualsRequest;

ListActualsRequest Request() {
  ListActualsRequest request;
  request.set_parent("plans/p/kpis/k");
  request.set_page_size(10);
  return request;
}

// The token that follows the first page of 25 items in the state as of 40.
std::string FirstToken(const ListActualsRequest& request) {
  return SliceOf(*ToPage(request), 25, 40).next_page_token;
}

TEST(PagingTest, PageSizeIs100UnlessGivenAndAtMost1000) {
  ListActualsRequest request;
  EXPECT_EQ(ToPage(request)->size, 100);
  request.set_page_size(1000);
  EXPECT_EQ(ToPage(request)->size, 1000);
  request.set_page_size(1001);
  EXPECT_EQ(ToPage(request)->size, 1000);
  request.set_page_size(1);
  EXPECT_EQ(ToPage(request)->size, 1);
}

TEST(PagingTest, NegativePageSizeIsAnInvalidField) {
  ListActualsRequest request;
  request.set_page_size(-1);
  absl::Status status = ToPage(request).status();
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_EQ(GetBadRequest(status)->field_violations(0).field(), "page_size");
}

TEST(PagingTest, PagesCoverAllItemsOnceAndTheLastHasNoToken) {
  ListActualsRequest request = Request();
  size_t covered = 0;
  int pages = 0;
  do {
    ASSERT_OK_AND_ASSIGN(Page page, ToPage(request));
    Slice slice = SliceOf(page, 25, 40);
    EXPECT_EQ(slice.begin, covered);
    covered = slice.end;
    request.set_page_token(slice.next_page_token);
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(covered, 25u);
  EXPECT_EQ(pages, 3);
}

TEST(PagingTest, AFullLastPageHasNoToken) {
  EXPECT_EQ(SliceOf(*ToPage(Request()), 10, 40).next_page_token, "");
  EXPECT_EQ(SliceOf(*ToPage(Request()), 0, 0).next_page_token, "");
}

TEST(PagingTest, LaterPagesLookWhereTheFirstLooked) {
  ListActualsRequest request = Request();
  request.set_page_token(FirstToken(request));
  request.set_min_position(99);
  const CallContext call{.caller = {}, .deadline = absl::FromUnixSeconds(5), .method = ""};
  ASSERT_OK_AND_ASSIGN(Page page, ToPage(request));
  ledger::ReadOptions options = ToReadOptions(request, call, page);
  EXPECT_EQ(options.as_of->size(), 40u);
  EXPECT_EQ(options.min_position, 99u);
  EXPECT_EQ(options.deadline, call.deadline);
}

TEST(PagingTest, AFirstPageLooksWhereTheRequestSays) {
  ListActualsRequest request = Request();
  const CallContext call{.caller = {}, .deadline = absl::FromUnixSeconds(5), .method = ""};
  EXPECT_FALSE(ToReadOptions(request, call, *ToPage(request)).as_of);
  request.mutable_as_of()->set_size(7);
  EXPECT_EQ(ToReadOptions(request, call, *ToPage(request)).as_of->size(), 7u);
}

TEST(PagingTest, ATokenMayGoOnWithAnotherPageSize) {
  ListActualsRequest request = Request();
  request.set_page_token(FirstToken(request));
  request.set_page_size(3);
  ASSERT_OK_AND_ASSIGN(Page page, ToPage(request));
  EXPECT_EQ(SliceOf(page, 25, 40).end, 13u);
}

TEST(PagingTest, TokenOfAnotherRequestIsAnInvalidField) {
  ListActualsRequest other = Request();
  other.set_reporting_year(2022);
  other.set_page_token(FirstToken(Request()));
  absl::Status status = ToPage(other).status();
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_EQ(GetBadRequest(status)->field_violations(0).field(), "page_token");
}

TEST(PagingTest, TokenOfAnotherMethodIsAnInvalidField) {
  progress::v1::GetProgressSheetRequest other;
  other.set_parent(Request().parent());
  other.set_page_token(FirstToken(Request()));
  EXPECT_THAT(ToPage(other), HasReason("INVALID_FIELD"));
}

TEST(PagingTest, DamagedTokensAreInvalidFields) {
  const std::string good = FirstToken(Request());
  for (const std::string& bad : {good.substr(1), good.substr(0, good.size() - 4), good + "AAAA",
                                 std::string("x"), std::string("MS4y"), std::string("++++")}) {
    ListActualsRequest request = Request();
    request.set_page_token(bad);
    EXPECT_THAT(ToPage(request), HasReason("INVALID_FIELD")) << bad;
  }
}

TEST(PagingTest, AnOffsetBehindTheEndGivesAnEmptyPage) {
  Page page;
  page.offset = UINT64_MAX;
  Slice slice = SliceOf(page, 25, 40);
  EXPECT_EQ(slice.begin, 25u);
  EXPECT_EQ(slice.end, 25u);
  EXPECT_EQ(slice.next_page_token, "");
}

}  // namespace
}  // namespace seisaku::rpc
