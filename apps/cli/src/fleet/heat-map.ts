import type { ObservedMember } from '@org/migrate-fleet'

/** How many members of a row are at a revision. */
interface HeatCell {
  readonly count: number
  /** Of the members of its row, from 0 to 1. */
  readonly share: number
  readonly tone: 'good' | 'warn' | 'bad'
}

export interface HeatMap {
  /** Revisions, the farthest behind first; then what is no revision. */
  readonly columns: readonly { readonly title: string; readonly pending?: number }[]
  readonly rows: readonly { readonly name: string; readonly cells: readonly HeatCell[] }[]
}

interface Column {
  readonly title: string
  readonly pending: number
  readonly tone: HeatCell['tone']
  count: number
}

/** More would not be read: the members at other revisions, and those of the last rows, are counted together. */
const mostColumns = 14
const mostRows = 60

/** Counts members by their row and by where they are: what it holds does not grow with the members. */
export class HeatMapCounts {
  readonly #rowOf: (member: ObservedMember) => string
  readonly #columns = new Map<string, Column>()
  readonly #rows = new Map<string, Map<string, number>>()

  constructor(rowOf: (member: ObservedMember) => string) {
    this.#rowOf = rowOf
  }

  add(member: ObservedMember): void {
    const key = JSON.stringify([member.state, member.heads])
    const column = this.#columns.get(key) ?? columnOf(member)
    this.#columns.set(key, column)
    column.count += 1
    const name = this.#rowOf(member)
    const row = this.#rows.get(name) ?? new Map<string, number>()
    this.#rows.set(name, row)
    row.set(key, (row.get(key) ?? 0) + 1)
  }

  map(fallback: string): HeatMap {
    const frequent = [...this.#columns].sort(([, a], [, b]) => b.count - a.count)
    const shown = frequent.slice(0, frequent.length > mostColumns ? mostColumns - 1 : mostColumns)
    const together = new Set(frequent.slice(shown.length).map(([key]) => key))
    const rank = { warn: 0, good: 1, bad: 2 }
    const columns = shown.sort(([, a], [, b]) => rank[a.tone] - rank[b.tone] || b.pending - a.pending)
    const rows = withoutExcess([...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1))).map(([name, counts]) => {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
      const cellOf = (count: number, tone: HeatCell['tone']): HeatCell => ({ count, share: count / total, tone })
      const cells = columns.map(([key, { tone }]) => cellOf(counts.get(key) ?? 0, tone))
      const remaining = [...counts].reduce((sum, [key, count]) => sum + (together.has(key) ? count : 0), 0)
      return {
        name: name === '' ? fallback : name,
        cells: together.size === 0 ? cells : [...cells, cellOf(remaining, 'warn')],
      }
    })
    const titles = columns.map(([, { title, pending }]) => ({ title, pending }))
    return { columns: together.size === 0 ? titles : [...titles, { title: 'other revisions' }], rows }
  }
}

type Counts = ReadonlyMap<string, number>

function withoutExcess(rows: readonly (readonly [string, Counts])[]): readonly (readonly [string, Counts])[] {
  if (rows.length <= mostRows) return rows
  const remaining = rows.slice(mostRows - 1)
  const sums = new Map<string, number>()
  for (const [, counts] of remaining) for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count)
  return [...rows.slice(0, mostRows - 1), [`${remaining.length} more`, sums]]
}

function columnOf({ state, heads, pending }: ObservedMember): Column {
  const at = heads.length === 0 ? 'base' : heads.join(', ')
  if (state === 'unreadable') return { title: 'unreadable', pending: 0, tone: 'bad', count: 0 }
  if (state === 'atHead') return { title: `${at} (head)`, pending, tone: 'good', count: 0 }
  if (state === 'behind' || state === 'empty') return { title: at, pending, tone: 'warn', count: 0 }
  return { title: `${at} (${state})`, pending, tone: 'bad', count: 0 }
}
