import type { DeclaredSchema } from '@org/migrate-core'
import { type Dialect, type Session, someOf } from '@org/migrate-core/dialect'
import { uncomparedRoutines } from '../differences/uncompared.ts'

const mostNamed = 3

/** The functions and types of the declaration that the database lacks, or has with another definition: a line each. */
export async function routineDifferences(
  dialect: Dialect,
  session: Session,
  { routines = [] }: DeclaredSchema,
): Promise<readonly string[]> {
  if (routines.length === 0) return []
  const live = new Map((await uncomparedRoutines(dialect, session)).map(({ name, text }) => [name, text]))
  return routines.flatMap(({ name, create }) => {
    const text = live.get(name)
    if (text === create) return []
    return [`${name} ${text === undefined ? 'is missing' : 'has another definition'}`]
  })
}

/** The same for a revision that is generated: it does not make them. */
export const routineNotes = (differences: readonly string[]): readonly string[] =>
  differences.map((line) => `${line}. A revision makes and changes functions and types with \`op.sql\`.`)

/** Revisions make them by SQL, so that no replay has them. */
export const unreplayedRoutines = ({ routines = [] }: DeclaredSchema): readonly string[] =>
  routines.length === 0
    ? []
    : [
        `Not compared with what the revisions make: ${someOf(
          routines.map(({ name }) => name),
          mostNamed,
        )}. Only a database shows functions and types.`,
      ]
