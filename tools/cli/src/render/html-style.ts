/** The style of the page. */
import { Markup } from './markup.js';

export const STYLE = new Markup(`
:root { color-scheme: light dark; --text: #1b1f24; --quiet: #57606a; --back: #ffffff; --card: #f6f8fa; --line: #d0d7de;
  --critical: #a40e26; --high: #bc4c00; --medium: #7d5600; --fine: #116329; --unknown: #57606a; --info: #0550ae; --low: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9da7b1; --back: #0d1117; --card: #161b22; --line: #30363d;
  --critical: #ff8182; --high: #ffa657; --medium: #e3b341; --fine: #56d364; --unknown: #9da7b1; --info: #79c0ff; --low: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 .25rem; }
h3 { font-size: 1.1rem; margin: 0; }
h4 { font-size: 1rem; margin: .75rem 0 0; }
h4.gained { color: var(--critical); }
h4.lost { color: var(--medium); }
code { font: .9em ui-monospace, monospace; }
header > p { font-size: 1.1rem; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: 0; color: var(--quiet); font-size: .9rem; }
.facts div { display: flex; gap: .5rem; }
.facts dt { white-space: nowrap; }
.facts dt::after { content: ":"; }
.facts dd { margin: 0; color: var(--text); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; list-style: none; margin: .5rem 0; padding: 0; }
.tile { border: 1px solid var(--line); border-top: 4px solid var(--kind); border-radius: 6px; padding: .5rem .75rem; background: var(--card); }
.tile strong { display: block; font-size: 1.8rem; line-height: 1.1; color: var(--kind); }
.critical { --kind: var(--critical); } .high { --kind: var(--high); } .medium { --kind: var(--medium); }
.low { --kind: var(--low); } .info { --kind: var(--info); } .fine { --kind: var(--fine); } .unknown { --kind: var(--unknown); }
.badge { color: var(--back); background: var(--kind); border-radius: 1rem; padding: .1rem .7rem; font-size: .85em; }
.meaning, .where, .who { color: var(--quiet); margin: .1rem 0 .5rem; font-size: .9rem; }
.where b, .where code { color: var(--text); }
article { border: 1px solid var(--line); border-left: 4px solid var(--kind); border-radius: 6px; padding: .75rem 1rem; margin: .75rem 0; background: var(--card); }
ul.access { margin: .1rem 0 .5rem; padding-left: 1.2rem; }
details ul.access { columns: 22rem; font-size: .9rem; }
ul.fine-groups { columns: 18rem; list-style: none; padding: 0; font-size: .9rem; }
table { width: 100%; border-collapse: collapse; margin: .75rem 0 .25rem; font-size: .9rem; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; border-top: 0; }
@media (min-width: 40.01rem) { th, td:nth-child(-n+3) { white-space: nowrap; } }
@media screen and (min-width: 40.01rem) {
  th:nth-child(1) { width: 6.5rem; } th:nth-child(2) { width: 5.5rem; } th:nth-child(3) { width: 7rem; } th:nth-child(4) { width: 20rem; }
}
tr.authorize td:first-child { color: var(--fine); font-weight: 600; }
tr.authorize td:first-child::before { content: "+ "; }
tr.revoke td:first-child { color: var(--critical); font-weight: 600; }
tr.revoke td:first-child::before { content: "− "; }
tr.leave td { color: var(--quiet); }
summary { cursor: pointer; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .85rem; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  caption { display: block; }
  tr { border-top: 1px solid var(--line); padding: .4rem 0; }
  td { border: 0; padding: 0 0 0 6.5rem; position: relative; min-height: 1.5em; }
  td[data-label]:not(:first-child)::before { content: attr(data-label); position: absolute; left: 0; color: var(--quiet); }
  td:first-child { padding-left: 0; }
}
@media print {
  details::details-content { content-visibility: visible; }
  :root { color-scheme: light; --text: #000; --quiet: #444; --back: #fff; --card: #fff; --line: #bbb;
    --critical: #a40e26; --high: #bc4c00; --medium: #7d5600; --fine: #116329; --unknown: #57606a; --info: #0550ae; --low: #0550ae; }
  body { max-width: none; font-size: 10pt; padding: 0; }
  .tile, tr, li { break-inside: avoid; }
  h2, h3, h4, caption, thead, .meaning, .where { break-after: avoid; }
  .who { break-before: avoid; }
  details ul.access { columns: 2; font-size: 7.5pt; }
  .badge { border: 1px solid var(--kind); color: var(--kind); background: none; }
}
`);
