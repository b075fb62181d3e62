// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/purchases_csv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/answer_parts.h"

namespace trato::core {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

enum Column {
  kCustomer,
  kAt,
  kAmount,
  kQuantity,
  kUnitPrice,
  kFrequency,
  kRecency,
  kAge,
  kWeight,
  kSpend,
  kTotal,
  kColumnCount
};

struct ColumnNames {
  std::string_view name;
  bool of_events;
  bool of_summary;
  // Headers in small letters, without blanks and signs.
  std::array<std::string_view, 8> headers;
};

constexpr ColumnNames kColumns[kColumnCount] = {
    {"customer",
     true,
     true,
     {"customer", "customerid", "customerno", "customernumber", "custid",
      "clientid", "client", "id"}},
    {"at",
     true,
     false,
     {"at", "date", "time", "datetime", "timestamp", "invoicedate", "orderdate",
      "createdat"}},
    {"amount",
     true,
     false,
     {"amount", "dollarvalue", "revenue", "value", "paid", "sales"}},
    {"quantity", true, false, {"quantity", "qty", "units"}},
    {"unit_price", true, false, {"unitprice", "price", "priceeach"}},
    {"frequency", false, true, {"frequency", "x"}},
    {"recency", false, true, {"recency", "tx"}},
    {"age", false, true, {"age", "t", "periods", "n"}},
    {"weight", false, true, {"weight", "weights", "customers"}},
    {"spend", false, true, {"spend", "monetaryvalue", "zbar", "monetary"}},
    {"total", false, true, {"total", "totalspend"}}};

std::string Simplified(std::string_view header) {
  std::string simple;
  for (char c : header) {
    const auto u = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(u)) simple.push_back(absl::ascii_tolower(u));
  }
  return simple;
}

class PurchasesReader : public CsvTableReader {
 public:
  PurchasesReader(
      const RowProgress& progress, bool events,
      const std::vector<std::pair<std::string, std::string>>& columns)
      : CsvTableReader(progress), events_(events), named_(columns) {}

  absl::StatusOr<PurchasesFile> Run(const ReadBytes& read) {
    std::string chunk(kChunkBytes, '\0');
    for (bool first = true;; first = false) {
      TRATO_ASSIGN_OR_RETURN(const size_t size, ReadSome(read, chunk, first));
      if (size == 0) break;
      std::string_view text(chunk.data(), size);
      if (first) {
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        SetSeparator(FindSeparator(text));
      }
      TRATO_RETURN_IF_ERROR(Feed(text));
    }
    TRATO_RETURN_IF_ERROR(Finish());
    numbers_.Finish();
    file_.rows = rows();
    file_.refusals = TakeRefusals();
    return std::move(file_);
  }

 private:
  absl::Status UseHeader() override {
    for (const std::string& header : header()) {
      TRATO_RETURN_IF_ERROR(CheckText("the header", header, kMaxNameBytes));
    }
    for (const auto& [field, column] : named_) {
      const auto* known = std::find_if(
          std::begin(kColumns), std::end(kColumns),
          [&](const ColumnNames& it) { return it.name == ToStd(field); });
      if (known == std::end(kColumns)) {
        return absl::InvalidArgumentError(
            StrCat("columns: there is no field '", field, "'"));
      }
      const auto found = std::find(header().begin(), header().end(), column);
      if (found == header().end()) {
        return absl::InvalidArgumentError(
            StrCat("columns: the file has no column '", column, "'"));
      }
      at_[known - kColumns] = static_cast<size_t>(found - header().begin());
    }
    for (int column = 0; column < kColumnCount; ++column) {
      TRATO_RETURN_IF_ERROR(FindColumn(column));
      if (at_[column]) {
        file_.columns.emplace_back(kColumns[column].name,
                                   header()[*at_[column]]);
      }
    }
    for (const Column needed :
         events_ ? std::vector{kCustomer, kAt} : std::vector{kFrequency}) {
      if (at_[needed]) continue;
      return absl::InvalidArgumentError(
          StrCat("no column holds the field ", kColumns[needed].name));
    }
    return absl::OkStatus();
  }

  absl::Status FindColumn(int column) {
    const ColumnNames& names = kColumns[column];
    if (!(events_ ? names.of_events : names.of_summary)) {
      at_[column].reset();
      return absl::OkStatus();
    }
    if (at_[column]) return absl::OkStatus();
    // The first of the usual names that there is.
    for (const std::string_view usual : names.headers) {
      for (size_t i = 0; i < header().size() && !at_[column]; ++i) {
        if (!usual.empty() && Simplified(header()[i]) == usual) at_[column] = i;
      }
    }
    return absl::OkStatus();
  }

  std::string_view Cell(int column) const {
    return ToStd(absl::StripAsciiWhitespace(ToAbsl(fields()[*at_[column]])));
  }

  // The number in a column; NaN where it is none.
  double Number(int column) const {
    double number = 0;
    if (!absl::SimpleAtod(ToAbsl(Cell(column)), &number) ||
        !std::isfinite(number)) {
      return std::nan("");
    }
    return number;
  }

  std::optional<std::string> UseRow() override {
    if (fields().size() != header().size()) {
      return StrCat("it has ", fields().size(), " fields, the header has ",
                    header().size());
    }
    PurchaseTable& table = file_.table;
    double numbers[kColumnCount] = {};
    for (int column = kAmount; column < kColumnCount; ++column) {
      if (!at_[column]) continue;
      numbers[column] = Number(column);
      if (std::isnan(numbers[column])) {
        return StrCat("the ", kColumns[column].name, " is no number");
      }
    }
    std::string_view customer;
    if (at_[kCustomer]) {
      customer = Cell(kCustomer);
      if (customer.empty()) return "the customer is missing";
      if (!CheckText("the customer", customer, kMaxNameBytes).ok()) {
        return "the customer is no text";
      }
    }
    if (events_) {
      const auto at = ParseTime(Cell(kAt), absl::UTCTimeZone());
      if (!at.ok()) return "the time is not of ISO 8601";
      table.at_us.push_back(*at);
      if (at_[kAmount]) {
        table.amount.push_back(numbers[kAmount]);
      } else if (at_[kQuantity] && at_[kUnitPrice]) {
        table.amount.push_back(numbers[kQuantity] * numbers[kUnitPrice]);
      }
    } else {
      for (const auto& [column, to] :
           {std::pair{kFrequency, &table.frequency},
            {kRecency, &table.recency},
            {kAge, &table.age},
            {kWeight, &table.weight},
            {kSpend, &table.spend},
            {kTotal, &table.total}}) {
        if (at_[column]) to->push_back(numbers[column]);
      }
    }
    AddCustomer(customer);
    return std::nullopt;
  }

  void AddCustomer(std::string_view customer) {
    if (!at_[kCustomer]) {
      return numbers_.AddNumber(
          static_cast<int64_t>(file_.table.customer.size()));
    }
    int64_t number = 0;
    // 007 is a name, as it would not come back as it was.
    if (numbers_.are_numbers() &&
        absl::SimpleAtoi(ToAbsl(customer), &number) &&
        ToAbsl(StrCat(number)) == ToAbsl(customer)) {
      return numbers_.AddNumber(number);
    }
    numbers_.AddName(customer);
  }

  const bool events_;
  const std::vector<std::pair<std::string, std::string>>& named_;
  std::optional<size_t> at_[kColumnCount];
  PurchasesFile file_;
  CustomerNumbers numbers_{&file_.table};
};

}  // namespace

absl::StatusOr<PurchasesFile> ReadPurchasesCsv(
    const ReadBytes& read, bool events,
    const std::vector<std::pair<std::string, std::string>>& columns) {
  const RowProgress progress;
  return PurchasesReader(progress, events, columns).Run(read);
}

std::string PurchasesReport(const PurchasesFile& file) {
  Json columns = Json::object();
  for (const auto& [field, column] : file.columns) {
    columns[field] = column;
  }
  Json refused = Json::array();
  for (const Refusal& it : file.refusals) {
    refused.push_back(Json{{"reason", it.reason},
                           {"rows", it.rows},
                           {"first_rows", it.first_rows}});
  }
  return Written(Json{{"rows", file.rows},
                      {"used", file.table.customer.size()},
                      {"columns", std::move(columns)},
                      {"refused", std::move(refused)}});
}

}  // namespace trato::core
