import { describe, expect, test } from 'vitest'
import { type Case, nameOf } from './case.ts'
import type { Change } from './grid.ts'

/** Of each object and attribute of a dialect, why there are no cases of some change: those of it that are not named have some. */
export interface Grid {
  readonly [object: string]: { readonly [attribute: string]: { readonly [C in Change]?: string } }
}

const changes: readonly Change[] = ['add', 'drop', 'change', 'rename', 'equal']

/** Cells, as `object · attribute · change`, that have neither a case nor a reason. */
function emptyCells(cases: readonly Case[], grid: Grid): readonly string[] {
  const filled = new Set(cases.map(({ object, attribute, change }) => `${object} · ${attribute} · ${change}`))
  return Object.entries(grid).flatMap(([object, attributes]) =>
    Object.entries(attributes).flatMap(([attribute, reasons]) =>
      changes
        .map((change) => ({ cell: `${object} · ${attribute} · ${change}`, why: reasons[change] }))
        .flatMap(({ cell, why }) => (filled.has(cell) || why !== undefined ? [] : [cell])),
    ),
  )
}

/** Cells that are said to have no case, and have one. */
const idleReasons = (cases: readonly Case[], grid: Grid): readonly string[] => [
  ...new Set(
    cases.flatMap(({ object, attribute, change }) =>
      grid[object]?.[attribute]?.[change] === undefined ? [] : [`${object} · ${attribute} · ${change}`],
    ),
  ),
]

const unknownRows = (cases: readonly Case[], grid: Grid): readonly string[] => [
  ...new Set(
    cases.flatMap(({ object, attribute }) =>
      grid[object]?.[attribute] === undefined ? [`${object} · ${attribute}`] : [],
    ),
  ),
]

function repeated(cases: readonly Case[]): readonly string[] {
  const names = cases.map(nameOf)
  return names.filter((name, at) => names.indexOf(name) !== at)
}

const least = 150

/** Each cell of a dialect's grid has a case, or a reason why there is none. */
export function coverageOf(dialect: string, cases: readonly Case[], grid: Grid): void {
  describe(`${dialect}: the grid`, () => {
    test('every cell has a case, or a reason why there is none, and none has both', () => {
      expect(emptyCells(cases, grid)).toEqual([])
      expect(idleReasons(cases, grid)).toEqual([])
    })

    test('every case stands in a row of the grid, under a name of its own', () => {
      expect(unknownRows(cases, grid)).toEqual([])
      expect(repeated(cases)).toEqual([])
    })

    test(`there are at least ${least} cases, and half of them must yield nothing`, () => {
      const quiet = cases.filter(
        ({ expected, openQuestions = [] }) => Array.isArray(expected) && expected.length + openQuestions.length === 0,
      )
      expect(cases.length).toBeGreaterThanOrEqual(least)
      expect(quiet.length).toBeGreaterThanOrEqual(cases.length / 2)
    })
  })
}
