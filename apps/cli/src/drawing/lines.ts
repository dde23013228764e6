import type { Cell, DrawnRow, Line } from './lanes.ts'

/** What stands for a revision: where the database stands, what it has, what is pending. */
export type Mark = 'current' | 'applied' | 'pending'

interface Letters {
  readonly marks: { readonly [M in Mark]: string }
  /** By the sides that a line leaves to: up, down, left, right. */
  readonly corners: { readonly [sides: string]: string }
  /** The same where all of them lead to a dependency. */
  readonly dashed: { readonly [sides: string]: string }
  readonly between: { readonly [L in Line]: string }
}

const marks = { current: '@', applied: '*', pending: 'o' } as const

/** For terminals as they are today. */
export const boxes: Letters = {
  marks,
  corners: {
    ud: '│',
    udr: '├',
    udl: '┤',
    udlr: '┼',
    ur: '╰',
    ul: '╯',
    ulr: '┴',
    dr: '╭',
    dl: '╮',
    dlr: '┬',
    lr: '─',
  },
  dashed: { ud: '┊', lr: '┈' },
  between: { parent: '─', dependency: '┈' },
}

/** For what knows no other letters. */
export const ascii: Letters = {
  marks,
  corners: {
    ud: '|',
    udr: '|',
    udl: '|',
    udlr: '+',
    ur: '`',
    ul: "'",
    ulr: '+',
    dr: ',',
    dl: '.',
    dlr: '.',
    lr: '-',
  },
  dashed: { ud: ':', udr: ':', udl: ':', lr: '~' },
  between: { parent: '-', dependency: '~' },
}

function letterOf(cell: Cell, letters: Letters): string {
  const { up, down, left, right } = cell
  const sides = `${up ? 'u' : ''}${down ? 'd' : ''}${left ? 'l' : ''}${right ? 'r' : ''}`
  const isDashed = ![up, down, left, right].includes('parent')
  return (isDashed ? letters.dashed[sides] : undefined) ?? letters.corners[sides] ?? ' '
}

/** One line of text a row; `mark` and `words` are asked for each revision. */
export function linesOf(
  rows: readonly DrawnRow[],
  letters: Letters,
  describe: { mark(revision: string): Mark; label(revision: string): string },
): readonly string[] {
  return rows.map(({ cells, node }) => {
    const drawn = cells
      .map((cell, column) => {
        const letter = column === node?.column ? letters.marks[describe.mark(node.revision)] : letterOf(cell, letters)
        return letter + (cell.right === undefined ? ' ' : letters.between[cell.right])
      })
      .join('')
    return node === undefined ? drawn.trimEnd() : `${drawn} ${describe.label(node.revision)}`.trimEnd()
  })
}
