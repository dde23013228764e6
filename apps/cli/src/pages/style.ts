/** The whole look of a report: no font and no picture is fetched. */
export const style = `
:root { color-scheme: light dark; --page: #fff; --card: #f6f8fa; --line: #d1d9e0; --ink: #1f2328; --soft: #59636e; --link: #0969da;
  --good: #1a7f37; --bad: #cf222e; --warn: #9a6700 }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --card: #161b22; --line: #30363d; --ink: #e6edf3; --soft: #9198a1; --link: #4493f8;
    --good: #3fb950; --bad: #f85149; --warn: #d29922 }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; overflow-wrap: anywhere }
main, header { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 1.75rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); scroll-margin-top: 1rem }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem }
p { margin: .5rem 0 }
ul { margin: .4rem 0; padding-left: 1.25rem }
a { color: var(--link) }
code, pre, .id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .87em }
pre { margin: .35rem 0; padding: .6rem .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; tab-size: 2 }
pre code { font-size: inherit }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: 1rem; font-size: .93rem }
.soft { color: var(--soft) }
.small { font-size: .87rem }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .6rem; margin-top: 1.1rem }
.card { border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: .55rem .75rem }
.card b { display: block; font-size: 1.08rem; font-weight: 600 }
.card span { color: var(--soft); font-size: .85rem }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 1em; padding: 0 .55em; font-size: .78rem; line-height: 1.45; margin-left: .35em; vertical-align: .06em }
.note { border-left: 3px solid var(--line); padding: .05rem .75rem; margin: .5rem 0 }
.note.bad, .note.warn { border-color: currentColor; }
.note > :not(.soft) { color: var(--ink) }
details { border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0 }
summary { cursor: pointer; padding: .5rem .75rem; border-radius: 8px }
summary:hover { background: var(--card) }
details > .inside { padding: 0 .75rem .6rem }
.operation { margin: .7rem 0 0 }
table { border-collapse: collapse; width: 100%; font-size: .92rem }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .85rem }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.number { white-space: nowrap }
.answers { width: auto }
.drawing { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 8px; padding: .5rem; background: var(--page) }
.drawing:focus-visible { outline: 2px solid var(--link) }
.drawing svg { display: block; margin: 0 auto }
.graph { list-style: none; margin: 0; padding: 0 }
.graph li { display: flex; align-items: stretch; min-height: .8rem }
.graph .cells { display: flex; flex: none }
.graph i { position: relative; width: 1.15rem }
.graph i u { position: absolute; border: 0 solid var(--soft) }
.graph i u.up { left: 50%; top: 0; height: .85rem; border-left-width: 2px; margin-left: -1px }
.graph i u.down { left: 50%; top: .85rem; bottom: 0; border-left-width: 2px; margin-left: -1px }
.graph .joint i u.up { height: 50% } .graph .joint i u.down { top: 50% }
.graph i u.left { left: 0; width: 50%; top: 50%; border-top-width: 2px; margin-top: -1px }
.graph i u.right { right: 0; width: 50%; top: 50%; border-top-width: 2px; margin-top: -1px }
.graph i u.dashed { border-style: dotted }
.graph i b { position: absolute; left: 50%; top: .85rem; width: .8rem; height: .8rem; margin: -.4rem 0 0 -.4rem; border-radius: 50%; border: 2px solid var(--soft); background: var(--page) }
.graph i b.applied { background: var(--soft) }
.graph i b.current { background: var(--good); border-color: var(--good); box-shadow: 0 0 0 3px color-mix(in srgb, var(--good) 30%, transparent) }
.graph .text { padding: .18rem 0 .18rem .6rem; min-width: 0 }
.heat { overflow-x: auto }
.heat table { width: auto; border-collapse: separate; border-spacing: 3px }
.heat th, .heat td { border: 0; padding: .35rem .6rem }
.heat thead th { vertical-align: bottom; overflow-wrap: normal; white-space: nowrap }
.heat tbody th { position: sticky; left: 0; background: var(--page); max-width: 11rem }
.heat td { min-width: 3.2rem; text-align: center; border-radius: 5px; white-space: nowrap; font-variant-numeric: tabular-nums;
  background: color-mix(in srgb, var(--tone, var(--link)) calc(8% + var(--share, 0) * 52%), var(--page)) }
.heat td.none { background: var(--card); color: var(--soft) }
.heat td.good { --tone: var(--good) } .heat td.bad { --tone: var(--bad) } .heat td.warn { --tone: var(--warn) }
.heat td.good, .heat td.bad, .heat td.warn { color: var(--ink) }
.bar { display: flex; height: .7rem; border-radius: 4px; overflow: hidden; background: var(--card); border: 1px solid var(--line); min-width: 8rem }
.bar i { flex: 0 0 auto; width: calc(var(--share) * 100%) }
.bar .good { background: var(--good) } .bar .soft { background: var(--soft) } .bar .bad { background: var(--bad) }
footer { margin: 2.5rem 0 2rem; padding-top: .75rem; border-top: 1px solid var(--line) }
@media (max-width: 640px) {
  main, header { padding-left: .9rem; padding-right: .9rem }
  .cards { grid-template-columns: 1fr 1fr }
  .rows thead { display: none }
  .rows, .rows tbody, .rows tr, .rows td { display: block }
  .rows tr { border-bottom: 1px solid var(--line); padding: .4rem 0 }
  .rows td { border: 0; padding: .08rem 0; display: flex; gap: .75rem }
  .rows td::before { content: attr(data-label); flex: 0 0 5.5rem; color: var(--soft); font-size: .85rem }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #f6f8fa; --line: #d1d9e0; --ink: #000; --soft: #444; --link: #000; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700 }
  body { font-size: 10pt }
  nav { display: none }
  details::details-content { content-visibility: visible; block-size: auto }
  h2, h3, summary { break-after: avoid }
  .card, tr, .graph li { break-inside: avoid }
  .drawing { overflow: visible; max-height: none; border: 0; padding: 0 }
  .drawing svg { max-width: 100%; height: auto }
}
`
