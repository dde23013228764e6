import { colors, erdDot } from './graphviz.ts'
import type { PicturedSchema } from './picture.ts'

/** Graphviz places so many tables in ranks in a few seconds. Beyond, its time grows with their square: they are packed side by side, with straight lines. */
const mostInRanks = 500

/** Parts that no foreign key connects are packed side by side. */
const inRanks = { engine: 'dot', graphAttributes: { pack: 16, packmode: 'graph' } }

/** What Graphviz colours for paper: a dark screen gets a dark ground, also where the picture is opened by itself, and lighter letters on it. */
const style = `<style>
text { font-family: Menlo, Consolas, 'DejaVu Sans Mono', 'Courier New', monospace }
@media screen and (prefers-color-scheme: dark) {
  svg { background: #0d1117 }
  text[fill="black"], text:not([fill]) { fill: #e6edf3 }
  text[fill="${colors.added}"] { fill: #3fb950 }
  text[fill="${colors.removed}"] { fill: #f85149 }
  text[fill="${colors.altered}"] { fill: #d29922 }
}
</style>`

/** A picture that needs nothing else: no script, no font, no network. */
export async function erdSvg(schema: PicturedSchema): Promise<string> {
  const { instance } = await import('@viz-js/viz')
  const viz = await instance()
  const layout =
    schema.tables.length > mostInRanks ? { engine: 'osage', graphAttributes: { splines: 'line' } } : inRanks
  const drawn = viz.renderString(erdDot(schema), { format: 'svg', ...layout })
  const start = drawn.indexOf('<svg')
  const end = drawn.indexOf('>', start) + 1
  return `${drawn.slice(start, end)}\n${style}${drawn.slice(end)}`
}
