// SPDX-License-Identifier: Apache-2.0
// The style sheet of report.html.
#pragma once

namespace train {

inline constexpr const char* report_style = R"(
body { margin: 0; background: #f4f5f7; color: #282c34; font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 60px; }
h1 { font-size: 30px; line-height: 1.2; margin: 12px 0 8px; }
h2 { font-size: 20px; margin: 0 0 6px; }
h3 { font-size: 17px; margin: 22px 0 4px; }
p { margin: 6px 0 12px; max-width: 78ch; }
section { background: #fff; border: 1px solid #e2e5ea; border-radius: 10px; padding: 20px 24px; margin: 20px 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px; margin: 14px 0 12px; }
.card { background: #f2f6fb; border-radius: 8px; padding: 12px 18px; }
.card b { display: block; font-size: 28px; line-height: 1.2; color: #0a4a8c; }
.card span { color: #606670; font-size: 14px; }
table { border-collapse: collapse; margin: 10px 0; font-size: 15px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px; border-bottom: 1px solid #e9ebef; text-align: right; white-space: nowrap; }
th { color: #606670; font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
tr.mean td { background: #f8f9fb; }
td.undefined { color: #a4aab4; }
.configuration td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.configuration td:first-child { color: #606670; white-space: nowrap; }
.scroll { overflow-x: auto; }
.swatch { display: inline-block; width: 22px; height: 13px; border: 1px solid #606670; margin-right: 7px; vertical-align: -1px; }
.legend span.name { display: inline-block; margin: 2px 20px 2px 0; }
figure { margin: 14px 0 22px; }
figcaption { color: #606670; font-size: 15px; margin-bottom: 6px; }
img { max-width: 100%; height: auto; display: block; }
summary { cursor: pointer; font-weight: 600; font-size: 20px; }
footer { color: #808690; font-size: 14px; }
)";

}  // namespace train
