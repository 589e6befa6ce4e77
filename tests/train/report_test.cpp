// SPDX-License-Identifier: Apache-2.0
// The report holds everything inside itself, escapes what it is given, and says what it was told.
#include "train/report.h"

#include <regex>

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using train::ConfusionMatrix;

train::ReportContent small_report() {
  train::ReportContent content;
  content.title = "MFNet <on> \"A & B\"";
  content.summary = {"First paragraph.", "Second paragraph."};
  content.configuration = {{"model", "mfnet"}, {"epochs", "10"}};
  content.classes = {{"background", {0, 0, 0}}, {"car", {64, 0, 128}}, {"bike", {0, 128, 192}}};
  content.evaluations = {{"all images", ConfusionMatrix(3, {90, 10, 0, 20, 80, 0, 0, 0, 0})},
                         {"day", ConfusionMatrix(3, {10, 0, 0, 0, 10, 0, 0, 0, 10})},
                         {"night", ConfusionMatrix(3)}};
  content.curves = {{"Loss over epochs", datasets::Image8(4, 6, 3, 200)}};
  content.samples = {{"scene 12", datasets::Image8(5, 7, 3, 100)}, {"scene 13", datasets::Image8(5, 7, 1, 50)}};
  return content;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("report: holds title, summary, settings, scores, curves and samples", "[sanitize]") {
  const std::string html = train::report_html(small_report());
  for (const char* part : {"First paragraph.", "Second paragraph.", "<td>model</td><td>mfnet</td>", "Loss over epochs",
                           "scene 12", "scene 13", "all images", "day", "car", "bike", "Confusion matrix"}) {
    INFO(part);
    CHECK(holds(html, part));
  }
  // Car: 80 of 100 found, 80 of 90 right, 80 of 110 in common. Bike does not occur.
  CHECK(std::regex_search(html, std::regex("car</td><td>50.00</td><td>80.0</td><td>88.9</td><td>72.7</td>")));
  CHECK(std::regex_search(html, std::regex("bike</td><td>0.00</td><td class=\"undefined\">")));
  CHECK(holds(html, "<b>49.2 %</b><span>mIoU, all classes</span>"));  // (90/120 + 80/110 + 0) / 3
  CHECK(holds(html, "<b>100.0 %</b><span>mIoU, day</span>"));
  CHECK_FALSE(holds(html, "night</h3>"));  // Nothing was evaluated at night.
  CHECK(html.rfind("</html>\n") == html.size() - 8);
}

TEST_CASE("report: needs nothing but itself", "[sanitize]") {
  const std::string html = train::report_html(small_report());
  CHECK(count_of(html, "<img ") == 4);  // Curve, two samples, confusion matrix.
  CHECK(count_of(html, "src=") == count_of(html, "src=\"data:image/png;base64,"));
  for (const char* outside : {"http:", "https:", "<script", "<link", "url(", "@import"}) {
    INFO(outside);
    CHECK_FALSE(holds(html, outside));
  }
}

TEST_CASE("report: pictures are whole PNG files", "[sanitize]") {
  const std::string html = train::report_html(small_report());
  const std::size_t begin = html.find("base64,") + 7, end = html.find('"', begin);
  const std::string text = html.substr(begin, end - begin);
  CHECK(text.size() % 4 == 0);
  CHECK(text.rfind("iVBORw0KGgo", 0) == 0);  // The signature of PNG.
  CHECK((holds(text, "SUVORK5CYII") || holds(text, "JRU5ErkJggg") || holds(text, "ElFTkSuQmCC")));  // Its last chunk.
}

TEST_CASE("report: texts are escaped", "[sanitize]") {
  train::ReportContent content = small_report();
  content.configuration = {{"data", "<script>alert(1)</script>"}};
  content.classes[1].name = "car & \"van\"";
  const std::string html = train::report_html(content);
  CHECK(holds(html, "<h1>MFNet &lt;on&gt; &quot;A &amp; B&quot;</h1>"));
  CHECK(holds(html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK(holds(html, "car &amp; &quot;van&quot;"));
  CHECK_FALSE(holds(html, "<script"));
}

TEST_CASE("report: sections without content are left out, and a matrix of other classes refused", "[sanitize]") {
  const std::string html = train::report_html({.title = "Empty"});
  CHECK(count_of(html, "<section>") == 0);
  train::ReportContent content = small_report();
  content.evaluations.push_back({"dusk", ConfusionMatrix(2)});
  CHECK_THROWS_WITH(train::report_html(content), Catch::Contains("'dusk'") && Catch::Contains("2"));
}

TEST_CASE("report: is written whole", "[sanitize]") {
  const test::TemporaryFolder folder;
  train::write_report(folder / "report.html", small_report());
  CHECK(test::read_text(folder / "report.html") == train::report_html(small_report()));
  CHECK_THROWS_AS(train::write_report(folder / "none/report.html", small_report()), kernels::FileError);
}

}  // namespace
