// The style sheet of a directory listing: part of the page, which loads nothing. A constant; any
// thread. Its icons are data URLs, so the page's policy allows images of that kind alone.
#pragma once

#include <string_view>

namespace server {

// Below 40rem, on a phone, size and date stand under the name.
inline constexpr std::string_view kListingStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1d2329; --muted: #66707b; --line: #e6e9ed;
  --hover: #f3f6fa; --link: #1558b8; --folder: #4d8fe0; --file: #a3adb8;
  --note: #fff6dc; --note-text: #6b4e00;
  --folder-icon: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'\
 viewBox='0 0 20 20'%3E%3Cpath d='M2 5.2C2 4 2.9 3 4.1 3h3.3c.6 0 1.1.2 1.5.6L10.3 5H16c1.1 0 2\
 .9 2 2v7.9c0 1.2-.9 2.1-2 2.1H4c-1.1 0-2-.9-2-2.1z'/%3E%3C/svg%3E");
  --file-icon: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'\
 viewBox='0 0 20 20'%3E%3Cpath fill='none' stroke='%23000' stroke-width='1.4'\
 stroke-linejoin='round' d='M5 2.7h6.3L15.3 6.8v10.5H5zM11 2.9v4.2h4.1'/%3E%3C/svg%3E");
  --up-icon: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'\
 viewBox='0 0 20 20'%3E%3Cpath fill='none' stroke='%23000' stroke-width='1.7'\
 stroke-linecap='round' stroke-linejoin='round' d='M10 16V4.5M5 9.3l5-5 5 5'/%3E%3C/svg%3E");
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1b1f24; --text: #e4e8ec; --muted: #929daa; --line: #2a3037;
    --hover: #222830; --link: #8fbdf7; --folder: #6aa5ee; --file: #6f7a86;
    --note: #332a10; --note-text: #f0d48a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
nav ol {
  display: flex; flex-wrap: wrap; margin: 0 0 .25rem; padding: 0; list-style: none;
  font-size: .875rem;
}
nav li { overflow-wrap: anywhere; }
nav li + li::before { content: "\203A" / ""; margin: 0 .5rem; color: var(--muted); }
h1 {
  margin: 0; font-size: 1.6rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em;
  overflow-wrap: anywhere;
}
.summary {
  display: flex; justify-content: space-between; gap: 1rem; margin: .25rem 0 1.25rem;
  color: var(--muted); font-size: .875rem;
}
.note {
  margin: 0 0 1.25rem; padding: .6rem 1rem; border-radius: .6rem;
  background: var(--note); color: var(--note-text); font-size: .875rem;
}
table {
  width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem;
}
th, td { padding: 0 1.25rem; text-align: left; white-space: nowrap; }
th {
  position: sticky; top: 0; padding-top: .6rem; padding-bottom: .6rem; background: var(--card);
  border-bottom: 1px solid var(--line); font-size: .8125rem; font-weight: 500;
}
th:first-child { border-top-left-radius: .75rem; }
th:last-child { border-top-right-radius: .75rem; }
th a { color: var(--muted); }
th[aria-sort] a { color: var(--text); font-weight: 600; }
th a::after { content: "\2191" / ""; padding-left: .35em; opacity: 0; }
th a:hover::after { opacity: .5; }
th[aria-sort] a::after { opacity: 1; }
th[aria-sort="descending"] a::after { content: "\2193" / ""; }
td { color: var(--muted); font-size: .875rem; font-variant-numeric: tabular-nums; }
tr + tr td { border-top: 1px solid var(--line); }
tbody tr:hover td { background: var(--hover); }
tbody tr:last-child td:first-child { border-bottom-left-radius: .75rem; }
tbody tr:last-child td:last-child { border-bottom-right-radius: .75rem; }
td:first-child { width: 100%; font-size: 1rem; white-space: normal; }
td:first-child a {
  display: flex; gap: .75rem; padding: .5rem 0; color: var(--text); overflow-wrap: anywhere;
  unicode-bidi: isolate;
}
td:first-child a::before {
  content: "" / ""; flex: none; width: 1.25rem; height: 1.5rem; background: var(--file);
  -webkit-mask: var(--file-icon) center / 1.25rem no-repeat;
  mask: var(--file-icon) center / 1.25rem no-repeat;
}
.folder a::before {
  background: var(--folder) !important;
  -webkit-mask-image: var(--folder-icon) !important; mask-image: var(--folder-icon) !important;
}
.up a::before {
  -webkit-mask-image: var(--up-icon) !important; mask-image: var(--up-icon) !important;
}
.folder td:first-child a { font-weight: 500; }
.up td:first-child a { color: var(--muted); }
.empty td { padding: 2.5rem 1.25rem; text-align: center; font-size: 1rem; }
th:nth-child(2), td:nth-child(2) { text-align: right; }
td b {
  display: inline-block; width: 1.5rem; font-weight: 400; text-align: left;
}
td i { margin-left: .5em; font-style: normal; }
@media (max-width: 40rem) {
  main { padding: 1.25rem .75rem 3rem; }
  .summary, .note, nav, h1 { margin-left: .25rem; margin-right: .25rem; }
  table, thead, tbody { display: block; }
  thead tr { display: flex; gap: 1.25rem; padding: 0 1rem; border-bottom: 1px solid var(--line); }
  th { position: static; padding: .6rem 0; border: 0; }
  th:first-child { flex: 1; }
  tbody tr { display: flex; flex-wrap: wrap; padding: .6rem 1rem; }
  tbody tr + tr { border-top: 1px solid var(--line); }
  tbody tr:hover td { background: none; }
  tr + tr td { border: 0; }
  td { padding: 0; }
  td:first-child a { padding: 0; }
  td:nth-child(2) { padding-left: 2rem; text-align: left; }
  td:nth-child(3) { margin-left: auto; }
  td b { width: auto; }
}
)css";

}  // namespace server
