// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/orders_csv.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kChunkBytes = 64 << 10;
constexpr size_t kFirstRowsKept = 5;
constexpr int64_t kProgressRows = 4096;
constexpr size_t kMaxOrderLines = 100000;

enum Column {
  kOrder,
  kProduct,
  kDescription,
  kQuantity,
  kTime,
  kUnitPrice,
  kCustomer,
  kCountry,
  kColumnCount
};

struct ColumnNames {
  std::string_view name;
  bool needed;
  // Headers in small letters, without blanks and signs.
  std::array<std::string_view, 10> headers;
};

constexpr ColumnNames kColumns[kColumnCount] = {
    {"order",
     true,
     {"invoiceno", "invoice", "invoicenumber", "order", "orderid", "orderno",
      "ordernumber", "ordername"}},
    {"product",
     true,
     {"stockcode", "sku", "product", "productid", "productcode", "article",
      "item", "itemcode"}},
    {"description",
     false,
     {"description", "productname", "productdescription", "itemname",
      "articlename"}},
    {"quantity", true, {"quantity", "qty", "units"}},
    {"time",
     true,
     {"invoicedate", "orderdate", "date", "datetime", "time", "timestamp",
      "createdat", "at"}},
    {"unit_price", true, {"unitprice", "price", "priceeach", "itemprice"}},
    {"customer",
     true,
     {"customerid", "customer", "customerno", "customernumber", "custid",
      "clientid", "client"}},
    {"country", false, {"country", "customercountry", "billingcountry"}}};

std::string Simplified(std::string_view header) {
  std::string simple;
  for (char c : header) {
    const auto u = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(u)) simple.push_back(absl::ascii_tolower(u));
  }
  return simple;
}

// A spreadsheet writes the number 17850 as 17850.0.
std::string_view WithoutFraction(std::string_view number) {
  if (number.size() < 3 || !number.ends_with(".0")) return number;
  const std::string_view whole = number.substr(0, number.size() - 2);
  const bool digits = std::all_of(whole.begin(), whole.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  return digits ? whole : number;
}

char SeparatorOf(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  char best = ',';
  int64_t most = 0;
  for (char candidate : {',', ';', '\t', '|'}) {
    bool quoted = false;
    int64_t count = 0;
    for (char c : header) {
      if (c == '"') quoted = !quoted;
      count += !quoted && c == candidate;
    }
    if (count > most) {
      best = candidate;
      most = count;
    }
  }
  return best;
}

class OrdersReader {
 public:
  OrdersReader(const ReadBytes& read, const RowProgress& progress,
               const OrdersOptions& options)
      : read_(read), progress_(progress), options_(options) {
    csv_init(&parser_, 0);
  }
  ~OrdersReader() { csv_free(&parser_); }
  OrdersReader(const OrdersReader&) = delete;
  OrdersReader& operator=(const OrdersReader&) = delete;

  absl::StatusOr<OrdersFile> Run() {
    std::string chunk(kChunkBytes, '\0');
    bool first = true;
    for (;;) {
      TRATO_ASSIGN_OR_RETURN(size_t size, Fill(chunk, first));
      if (size == 0) break;
      std::string_view text(chunk.data(), size);
      if (first) {
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        result_.separator = SeparatorOf(text);
        csv_set_delim(&parser_, static_cast<unsigned char>(result_.separator));
        first = false;
      }
      TRATO_RETURN_IF_ERROR(Feed(text));
    }
    // In the middle of a quoted field, as libcsv keeps its state.
    constexpr int kFieldBegun = 2;
    if (parser_.quoted && parser_.pstate == kFieldBegun) {
      return absl::InvalidArgumentError(StrCat(
          "line ", row_line_, ": a quoted field starts here and has no end"));
    }
    csv_fini(&parser_, OnField, OnRow, this);
    TRATO_RETURN_IF_ERROR(status_);
    if (header_.empty()) {
      return absl::InvalidArgumentError("the file has no header");
    }
    Finish();
    return std::move(result_);
  }

 private:
  // Fills the chunk as far as the input gives at once; the first one whole, so
  // that it holds the header.
  absl::StatusOr<size_t> Fill(std::string& chunk, bool whole) {
    size_t size = 0;
    do {
      const int64_t got = read_(chunk.data() + size, chunk.size() - size);
      if (got < 0 || static_cast<uint64_t>(got) > chunk.size() - size) {
        return absl::UnavailableError("the input cannot be read");
      }
      if (got == 0) break;
      size += static_cast<size_t>(got);
    } while (whole && size < chunk.size());
    return size;
  }

  // Line by line, so that a row knows the line that it starts on.
  absl::Status Feed(std::string_view text) {
    while (!text.empty()) {
      const size_t newline = text.find('\n');
      const bool ends = newline != std::string_view::npos;
      const std::string_view part =
          text.substr(0, ends ? newline + 1 : newline);
      text.remove_prefix(part.size());
      const bool blank = part == "\n" || part == "\r\n";
      if (!in_row_ && !blank) {
        row_line_ = line_;
        in_row_ = true;
      }
      if (in_row_) {
        if (csv_parse(&parser_, part.data(), part.size(), OnField, OnRow,
                      this) != part.size()) {
          return absl::InvalidArgumentError(
              StrCat("line ", line_, ": this is not CSV"));
        }
        TRATO_RETURN_IF_ERROR(status_);
      }
      line_ += ends;
    }
    return absl::OkStatus();
  }

  static void OnField(void* data, size_t size, void* self) {
    auto* reader = static_cast<OrdersReader*>(self);
    reader->fields_.emplace_back(static_cast<const char*>(data), size);
  }

  static void OnRow(int, void* self) {
    auto* reader = static_cast<OrdersReader*>(self);
    if (reader->status_.ok()) reader->status_ = reader->TakeRow();
    reader->fields_.clear();
    reader->in_row_ = false;
  }

  absl::Status TakeRow() {
    if (header_.empty()) return TakeHeader();
    ++result_.rows;
    if (result_.rows % kProgressRows == 0 && !progress_(result_.rows)) {
      return absl::CancelledError("the import was cancelled");
    }
    if (auto reason = UseRow()) Refuse(*std::move(reason));
    return absl::OkStatus();
  }

  absl::Status TakeHeader() {
    header_ = fields_;
    std::string listed;
    for (std::string& header : header_) {
      TRATO_RETURN_IF_ERROR(CheckText("the header", header, kMaxNameBytes));
      StrAppend(&listed, listed.empty() ? "" : ", ", header);
    }
    for (int column = 0; column < kColumnCount; ++column) {
      const ColumnNames& names = kColumns[column];
      for (size_t i = 0; i < header_.size(); ++i) {
        const std::string simple = Simplified(header_[i]);
        const bool is_it = !simple.empty() &&
                           std::find(names.headers.begin(), names.headers.end(),
                                     simple) != names.headers.end();
        if (!is_it) continue;
        if (at_[column]) {
          return absl::InvalidArgumentError(
              StrCat("two columns could be the ", names.name, ": ",
                     header_[*at_[column]], " and ", header_[i]));
        }
        at_[column] = i;
      }
      if (at_[column]) {
        result_.columns.emplace_back(names.name, header_[*at_[column]]);
      } else if (names.needed) {
        // Without a header the first row is somebody's data, and stays unsaid.
        return absl::InvalidArgumentError(StrCat(
            "no column for the ", names.name, ", such as ", names.headers[0],
            result_.columns.empty()
                ? "; the first line does not look like a header"
                : StrCat("; the header has: ", listed)));
      }
    }
    return absl::OkStatus();
  }

  std::string_view Cell(Column column) const {
    return at_[column] ? std::string_view(fields_[*at_[column]])
                       : std::string_view();
  }

  // The reason why the row cannot be used, or nothing when it was.
  std::optional<std::string> UseRow() {
    if (fields_.size() != header_.size()) {
      return StrCat("has another number of fields than the header (",
                    header_.size(), ")");
    }
    const std::string_view number = Cell(kOrder);
    const std::string_view customer = WithoutFraction(Cell(kCustomer));
    if (number.empty()) return "no order number";
    if (customer.empty()) return "no customer";
    const std::string record = StrCat(options_.name_space, ":", customer);
    if (!CheckIdentifier("customer", record).ok()) {
      return "the customer cannot be an identifier";
    }
    if (!CheckLabel("order", number).ok()) {
      return "the order number cannot be a key";
    }
    if (!CheckLabel("product", Cell(kProduct)).ok()) {
      return Cell(kProduct).empty() ? "no product"
                                    : "the product cannot be an id";
    }
    if (!CheckText("description", Cell(kDescription), 1024).ok() ||
        !CheckText("country", Cell(kCountry), 1024).ok()) {
      return "a text is not UTF-8, or too long";
    }
    const auto at_us = ParseTime(Cell(kTime), options_.zone);
    if (!at_us.ok()) {
      return StrCat("the time ", ToStd(at_us.status().message()));
    }
    const bool is_return = number[0] == 'C' || number[0] == 'c';
    LineFact line;
    if (auto reason = ReadLine(is_return, line)) return reason;

    auto [found, is_new] =
        by_number_.try_emplace(number, result_.orders.size());
    if (is_new) {
      Order& order = result_.orders.emplace_back();
      order.number = std::string(number);
      order.at_us = *at_us;
      order.first_row = row_line_;
      order.interaction.record = record;
      order.interaction.type = is_return ? "return" : "purchase";
      order.interaction.amount.currency = options_.currency;
    }
    Order& order = result_.orders[found->second];
    if (order.interaction.record != record) {
      return "its order has another customer";
    }
    if (order.interaction.lines.size() == kMaxOrderLines) {
      return StrCat("its order has more than ", kMaxOrderLines, " lines");
    }
    if (!AddTo(order.interaction.amount.minor, line.amount_minor)) {
      return "the amount of its order does not fit";
    }
    if (is_new || *at_us < order.at_us) {
      order.at_us = *at_us;
      order.country = std::string(Cell(kCountry));
    }
    if (!Cell(kDescription).empty()) {
      result_.product_names[line.product] = std::string(Cell(kDescription));
    }
    order.interaction.lines.push_back(std::move(line));
    return std::nullopt;
  }

  // Where commas do not separate, one may be the decimal point.
  std::string WithPoint(std::string_view number) const {
    std::string text(number);
    const bool has_point = number.find('.') != std::string_view::npos;
    if (result_.separator != ',' && !has_point) {
      std::replace(text.begin(), text.end(), ',', '.');
    }
    return text;
  }

  std::optional<std::string> ReadLine(bool is_return, LineFact& line) const {
    line.product = std::string(Cell(kProduct));
    const auto quantity = ParseDecimal(WithPoint(Cell(kQuantity)));
    if (!quantity.ok()) {
      return StrCat("the quantity ", ToStd(quantity.status().message()));
    }
    const auto price = ParseDecimal(WithPoint(Cell(kUnitPrice)));
    if (!price.ok()) {
      return StrCat("the unit price ", ToStd(price.status().message()));
    }
    if (price->units < 0) return "the unit price is negative";
    if (quantity->units == 0) return "the quantity is zero";
    if (quantity->units < 0 && !is_return) {
      return "the quantity is negative and the order is no return";
    }
    if (quantity->units > 0 && is_return) {
      return "the quantity is positive and the order is a return";
    }
    const auto millionths = Rescale(quantity->units, quantity->scale, 6);
    const auto unit_price = Rescale(price->units, price->scale, 6);
    const auto amount =
        Rescale(absl::int128(quantity->units) * price->units,
                quantity->scale + price->scale, options_.currency.digits());
    if (!millionths.ok()) return "the quantity does not fit in 64 bits";
    if (!unit_price.ok()) return "the unit price does not fit in 64 bits";
    if (!amount.ok()) return "the amount does not fit in 64 bits";
    line.quantity = *millionths;
    line.unit_price = *unit_price;
    line.amount_minor = *amount;
    return std::nullopt;
  }

  void Refuse(std::string reason) {
    auto [found, is_new] =
        by_reason_.try_emplace(reason, result_.refusals.size());
    if (is_new) result_.refusals.push_back({std::move(reason), 0, {}});
    Refusal& refusal = result_.refusals[found->second];
    ++refusal.rows;
    if (refusal.first_rows.size() < kFirstRowsKept) {
      refusal.first_rows.push_back(row_line_);
    }
  }

  void Finish() {
    for (Order& order : result_.orders) {
      const auto& lines = order.interaction.lines;
      const bool all_free =
          std::all_of(lines.begin(), lines.end(), [](const LineFact& line) {
            return line.unit_price == 0 && line.amount_minor == 0;
          });
      if (all_free && order.interaction.type == "purchase") {
        order.interaction.type = "gift";
      }
    }
  }

  const ReadBytes& read_;
  const RowProgress& progress_;
  const OrdersOptions& options_;
  csv_parser parser_;
  absl::Status status_;
  std::vector<std::string> header_;
  std::vector<std::string> fields_;
  std::optional<size_t> at_[kColumnCount];
  int64_t line_ = 1;      // that is being fed
  int64_t row_line_ = 1;  // that the row starts on
  bool in_row_ = false;
  StringHashMap<size_t> by_number_;
  StringHashMap<size_t> by_reason_;
  OrdersFile result_;
};

}  // namespace

absl::StatusOr<OrdersFile> ReadOrders(const ReadBytes& read,
                                      const RowProgress& progress,
                                      const OrdersOptions& options) {
  return OrdersReader(read, progress, options).Run();
}

}  // namespace trato::core
