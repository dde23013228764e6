import type { Statement } from '../sql/statement.ts'
import type { CompiledGroup } from './compile.ts'

/** Cannot be in a transaction, or ends it: it is committed by itself. */
export function isNonTransactional(statement: Pick<Statement, 'commits' | 'transaction'>): boolean {
  return statement.commits === true || statement.transaction === 'none'
}

/** Whether the groups that follow can use what this one makes only after a commit. */
export function endsPart({ statements }: { readonly statements: readonly Pick<Statement, 'commitAfter'>[] }): boolean {
  return statements.some((statement) => statement.commitAfter === true)
}

/**
 * How many times a step commits on its way: 1 where all of it, its record included, is one transaction. Groups of statements
 * that stand alone commit each statement; what lies between them shares a transaction.
 */
export function partsOf(groups: readonly CompiledGroup[]): number {
  let parts = 0
  let isOpen = false
  for (const [at, group] of groups.entries()) {
    const last = at === groups.length - 1
    const works = group.statements.length > 0 || group.operations.some((each) => each.operation.kind === 'run')
    if (!works) continue
    if (group.statements.some(isNonTransactional)) {
      parts += (isOpen ? 1 : 0) + group.statements.filter((each) => each.expectEmpty === undefined).length
      isOpen = false
    } else if (endsPart(group) && !last) {
      parts += 1
      isOpen = false
    } else isOpen = true
  }
  // The record of the step is written in the last part, or in one of its own.
  return parts + 1
}
