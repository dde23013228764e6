import type { GraphNode } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { dot } from '../../apps/cli/src/drawing/dot.ts'
import { layOut } from '../../apps/cli/src/drawing/lanes.ts'
import { ascii, boxes, linesOf } from '../../apps/cli/src/drawing/lines.ts'
import { mermaid } from '../../apps/cli/src/drawing/mermaid.ts'
import type { PicturedRevision } from '../../apps/cli/src/drawing/picture.ts'
import { graphOf } from '../unit/graph/kit.ts'

function drawn(text: string, letters = boxes, only: readonly string[] | undefined = undefined): string {
  const graph = graphOf(text)
  const revisions = [...graph.order]
    .reverse()
    .filter((revision) => only?.includes(revision) ?? true)
    .map((revision) => ({
      revision,
      parents: graph.parentsOf(revision),
      dependsOn: graph.dependenciesOf(revision),
    }))
  const rows = linesOf(layOut(revisions), letters, { mark: () => 'applied', label: (revision) => revision })
  return `\n${rows.join('\n')}\n`
}

describe('the history drawn', () => {
  test('a line', () => {
    expect(drawn('a b<-a c<-b')).toBe(`
*  c
*  b
*  a
`)
  })

  test('a fork', () => {
    expect(drawn('a b<-a c1<-b d1<-c1 c2<-b d2<-c2')).toBe(`
*  d2
*  c2
│ *  d1
│ *  c1
├─╯
*  b
*  a
`)
  })

  test('branches that leave a line here and there, and many that leave it at one place', () => {
    expect(drawn('a b<-a c<-b d<-c x1<-a x2<-b x3<-c')).toBe(`
*  x3
│ *  x2
│ │ *  x1
│ │ │ *  d
├─┼─┼─╯
* │ │  c
├─╯ │
*   │  b
├───╯
*  a
`)
    expect(drawn('a b1<-a b2<-a b3<-a b4<-a')).toBe(`
*  b4
│ *  b3
├─╯
│ *  b2
├─╯
│ *  b1
├─╯
*  a
`)
  })

  test('a merge', () => {
    expect(drawn('a b<-a c1<-b d1<-c1 c2<-b d2<-c2 e<-d1,d2 f<-e')).toBe(`
*  f
*  e
├─╮
* │  d2
* │  c2
│ *  d1
│ *  c1
├─╯
*  b
*  a
`)
  })

  test('three branches that cross: a line over another one is a cross, one that ends in it is not', () => {
    expect(drawn('a b1<-a b2<-a b3<-a c1<-b1,b2 c2<-b2,b3 c3<-b1,b3 d<-c1,c2,c3')).toBe(`
*  d
├─┬─╮
* │ │  c3
├─┼─┼─╮
│ * │ │  c2
├─┤ │ │
* │ │ │  b3
│ │ * │  c1
│ │ ├─┤
│ ├─╯ │
│ *   │  b2
├─╯   │
│     *  b1
├─────╯
*  a
`)
  })

  test('dependencies are dotted, also where they are the only line', () => {
    expect(drawn('core1 core2<-core1 core3<-core2 shop1~>core1 shop2<-shop1~>core2 blog1 blog2<-blog1~>shop1')).toBe(`
*  shop2
├┈╮
│ ┊ *  core3
│ ╰┈┤
│   *  core2
│ * │  blog2
├┈┤ │
* │ │  shop1
╰┈┼┈┤
  │ *  core1
  *  blog1
`)
    expect(drawn('a b~>a')).toBe(`
*  b
┊
*  a
`)
  })

  test('several roots stand apart', () => {
    expect(drawn('a b c<-b')).toBe(`
*  c
*  b

*  a
`)
  })

  test('with letters that every terminal has', () => {
    expect(drawn('a b<-a c1<-b c2<-b m<-c1,c2 z~>c1', ascii)).toBe(`
*  z
:
: *  m
|-|
| *  c2
* |  c1
|-'
*  b
*  a
`)
  })

  test('what lies outside of what is drawn has no line', () => {
    expect(drawn('a b<-a c<-b d<-c~>a', boxes, ['c', 'd'])).toBe(`
*  d
*  c
`)
    expect(drawn('')).toBe('\n\n')
  })

  test('2,000 revisions with a branch every few are laid out, each in its row', () => {
    const nodes: GraphNode[] = Array.from({ length: 2_000 }, (_, at) => ({
      revision: `r${String(at).padStart(4, '0')}`,
      parents: at === 0 ? [] : [`r${String(at % 7 === 0 ? Math.max(0, at - 5) : at - 1).padStart(4, '0')}`],
      dependsOn: [],
      branchLabels: [],
    }))
    const rows = layOut(nodes.reverse())
    expect(rows.flatMap(({ node }) => node?.revision ?? [])).toEqual(nodes.map(({ revision }) => revision))
  })
})

const pictured: readonly PicturedRevision[] = [
  {
    revision: 'd1',
    parents: ['c1', 'c2'],
    dependsOn: [],
    message: 'end of "it" #1 <b>',
    notes: ['head'],
    mark: 'pending',
  },
  { revision: 'c2', parents: ['a1'], dependsOn: ['x1'], message: 'c2', notes: ['billing'], mark: 'current' },
  { revision: 'c1', parents: ['a1'], dependsOn: [], message: 'back\\slash', notes: [], mark: 'applied' },
  { revision: 'x1', parents: [], dependsOn: [], message: '`code`', notes: [] },
  { revision: 'a1', parents: [], dependsOn: [], message: 'accounts & more', notes: [], mark: 'applied' },
]

describe('pictures for other programs', () => {
  test('Mermaid: texts are quoted, what it would read is an entity, boxes have names of their own', () => {
    expect(mermaid(pictured)).toBe(`flowchart TB
  r0["d1<br/>end of #quot;it#quot; #35;1 #lt;b#gt;<br/>head"]
  r1["c2<br/>billing"]
  r2["c1<br/>back#92;slash"]
  r3["x1<br/>#96;code#96;"]
  r4["a1<br/>accounts #amp; more"]
  r0 --> r2
  r0 --> r1
  r1 --> r4
  r1 -.-> r3
  r2 --> r4
  classDef current stroke-width:4px
  class r1 current
  classDef pending stroke-dasharray:4 4
  class r0 pending`)
  })

  test('Graphviz', () => {
    expect(dot(pictured)).toBe(`digraph history {
  node [shape=box]
  "d1" [label="d1\\nend of \\"it\\" #1 <b>\\nhead" style=dashed]
  "c2" [label="c2\\nbilling" style=bold]
  "c1" [label="c1\\nback\\\\slash"]
  "x1" [label="x1\\n\`code\`"]
  "a1" [label="a1\\naccounts & more"]
  "d1" -> "c1"
  "d1" -> "c2"
  "c2" -> "a1"
  "c2" -> "x1" [style=dashed]
  "c1" -> "a1"
}`)
  })
})
