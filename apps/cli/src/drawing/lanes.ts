/** A revision to draw; what it stands on may lie outside of what is drawn, and is left out then. */
interface DrawnRevision {
  readonly revision: string
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
}

/** A line from a revision to one that it stands on. */
export type Line = 'parent' | 'dependency'

/** One place of the picture: the lines that leave it, by side. */
export interface Cell {
  readonly up?: Line
  readonly down?: Line
  readonly left?: Line
  readonly right?: Line
}

export interface DrawnRow {
  readonly cells: readonly Cell[]
  /** The revision that stands in this row, and in which cell. */
  readonly node?: { readonly revision: string; readonly column: number }
}

interface Lane {
  readonly to: string
  readonly line: Line
}

const stronger = (a: Line | undefined, b: Line): Line => (a === 'parent' ? a : b)

interface Lanes {
  readonly rows: readonly DrawnRow[]
  /** `main` continues below the revision, the others leave to the side. */
  draw(revision: string, main: Lane | undefined, sideLanes: readonly Lane[]): void
  /** Whether a lane leads there already. */
  leadsTo(revision: string): boolean
}

/** Every revision that is waited for has exactly one lane, so that a fork of many is hardly wider than a line. */
function emptyLanes(): Lanes {
  const rows: DrawnRow[] = []
  const lanes: (Lane | undefined)[] = []
  const columnOf = new Map<string, number>()

  const free = (from: number): number => {
    const at = lanes.findIndex((lane, column) => column >= from && lane === undefined)
    return at === -1 ? Math.max(lanes.length, from) : at
  }
  const straight = (): Cell[] =>
    Array.from(lanes, (lane) => (lane === undefined ? {} : { up: lane.line, down: lane.line }))

  /** Lines that begin here share a row; each that ends in a lane which is there has its own. */
  const startLanes = (column: number, sideLanes: readonly Lane[]): void => {
    const started: Lane[] = []
    for (const lane of sideLanes) {
      const existing = columnOf.get(lane.to)
      if (existing === undefined) {
        started.push(lane)
        continue
      }
      const cells = straight()
      across(cells, column, existing, lane.line)
      rows.push({ cells })
      lanes[existing] = { to: lane.to, line: stronger(lanes[existing]?.line, lane.line) }
    }
    if (started.length === 0) return
    const cells = straight()
    for (const lane of started) {
      const at = free(column + 1)
      lanes[at] = lane
      columnOf.set(lane.to, at)
      while (cells.length <= at) cells.push({})
      cells[at] = { down: lane.line }
      across(cells, column, at, lane.line)
    }
    rows.push({ cells })
  }

  /** Two lanes lead to one revision: the line of a parent stays, else the one further left. */
  const join = (to: string, one: number, other: number): void => {
    const [left, right] = one < other ? [one, other] : [other, one]
    const stays = lanes[left]?.line === 'dependency' && lanes[right]?.line === 'parent' ? right : left
    const ends = stays === left ? right : left
    const line = lanes[ends]?.line ?? 'parent'
    const cells = straight()
    cells[ends] = { up: line }
    across(cells, ends, stays, line)
    rows.push({ cells })
    lanes[ends] = undefined
    columnOf.set(to, stays)
  }

  return {
    rows,
    leadsTo: (revision) => columnOf.has(revision),
    draw(revision, main, sideLanes) {
      const waiting = columnOf.get(revision)
      const column = waiting ?? free(0)
      const above = lanes[column]
      // Right below the end of another line it would look like a part of that.
      if (waiting === undefined && rows.at(-1)?.node?.column === column) rows.push({ cells: straight() })
      columnOf.delete(revision)
      const joined = main === undefined ? undefined : columnOf.get(main.to)
      lanes[column] = main
      if (main !== undefined && joined === undefined) columnOf.set(main.to, column)
      const cells = straight()
      cells[column] = {
        ...(above === undefined ? {} : { up: above.line }),
        ...(main === undefined ? {} : { down: main.line }),
      }
      rows.push({ cells, node: { revision, column } })
      // Two revisions one below the other are parent and child.
      if (main?.line === 'dependency' && joined === undefined) rows.push({ cells: straight() })
      startLanes(column, sideLanes)
      if (main !== undefined && joined !== undefined) join(main.to, column, joined)
      while (lanes.length > 0 && lanes.at(-1) === undefined) lanes.pop()
    },
  }
}

/** Draws from one column to another, over what lies between. */
function across(cells: Cell[], from: number, to: number, line: Line): void {
  const [left, right] = from < to ? [from, to] : [to, from]
  for (let at = left; at <= right; at += 1) {
    const cell = cells[at] ?? {}
    cells[at] = {
      ...cell,
      ...(at > left ? { left: stronger(cell.left, line) } : {}),
      ...(at < right ? { right: stronger(cell.right, line) } : {}),
    }
  }
}

/**
 * The history as rows of cells, as `git log --graph` draws it: what stands on others comes before them.
 *
 * @param revisions the newest first: each before everything that it stands on
 */
export function layOut(revisions: readonly DrawnRevision[]): readonly DrawnRow[] {
  const order = new Map(revisions.map(({ revision }, at) => [revision, at]))
  const lanes = emptyLanes()
  for (const { revision, parents, dependsOn } of revisions) {
    const drawn = (names: readonly string[], line: Line): readonly Lane[] =>
      names
        .filter((name) => order.has(name))
        .sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
        .map((to) => ({ to, line }))
    const dependencies = dependsOn.filter((name) => !parents.includes(name))
    // The next one to be drawn continues below: so a branch stays one line. One that a line leads to has its place.
    const [below, needed] = [drawn(parents, 'parent'), drawn(dependencies, 'dependency')]
    const main = below.find(({ to }) => !lanes.leadsTo(to)) ?? below[0] ?? needed[0]
    lanes.draw(
      revision,
      main,
      [...below, ...needed].filter((lane) => lane !== main),
    )
  }
  return lanes.rows
}
