// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/orders_csv.h"

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

class OrdersReader : public CsvTableReader {
 public:
  OrdersReader(const RowProgress& progress, const OrdersOptions& options)
      : CsvTableReader(progress), options_(options) {}

  absl::StatusOr<OrdersFile> Run(const ReadBytes& read) {
    std::string chunk(kChunkBytes, '\0');
    // The first one whole, so that it holds the header.
    for (bool first = true;; first = false) {
      TRATO_ASSIGN_OR_RETURN(const size_t size, ReadSome(read, chunk, first));
      if (size == 0) break;
      std::string_view text(chunk.data(), size);
      if (first) {
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        result_.separator = FindSeparator(text);
        SetSeparator(result_.separator);
      }
      TRATO_RETURN_IF_ERROR(Feed(text));
    }
    TRATO_RETURN_IF_ERROR(Finish());
    result_.rows = rows();
    result_.refusals = TakeRefusals();
    FindGifts();
    return std::move(result_);
  }

 private:
  absl::Status UseHeader() override {
    std::string listed;
    for (const std::string& header : header()) {
      TRATO_RETURN_IF_ERROR(CheckText("the header", header, kMaxNameBytes));
      StrAppend(&listed, listed.empty() ? "" : ", ", header);
    }
    for (int column = 0; column < kColumnCount; ++column) {
      const ColumnNames& names = kColumns[column];
      for (size_t i = 0; i < header().size(); ++i) {
        const std::string simple = Simplified(header()[i]);
        const bool is_it = !simple.empty() &&
                           std::find(names.headers.begin(), names.headers.end(),
                                     simple) != names.headers.end();
        if (!is_it) continue;
        if (at_[column]) {
          return absl::InvalidArgumentError(
              StrCat("two columns could be the ", names.name, ": ",
                     header()[*at_[column]], " and ", header()[i]));
        }
        at_[column] = i;
      }
      if (at_[column]) {
        result_.columns.emplace_back(names.name, header()[*at_[column]]);
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
    return at_[column] ? std::string_view(fields()[*at_[column]])
                       : std::string_view();
  }

  std::optional<std::string> UseRow() override {
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
      order.first_row = row_line();
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

  // Orders of which every line is free.
  void FindGifts() {
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

  const OrdersOptions& options_;
  std::optional<size_t> at_[kColumnCount];
  StringHashMap<size_t> by_number_;
  OrdersFile result_;
};

}  // namespace

absl::StatusOr<OrdersFile> ReadOrders(const ReadBytes& read,
                                      const RowProgress& progress,
                                      const OrdersOptions& options) {
  return OrdersReader(progress, options).Run(read);
}

}  // namespace trato::core
