import type { DeclaredSchema } from '@org/migrate-core'
import { type Dialect, type SchemaModel, type Session, someOf } from '@org/migrate-core/dialect'
import { uncomparedRoutines } from '../differences/uncompared.ts'
import { readUnmodelledFacts, textOfFact } from '../differences/unmodelled-facts.ts'

const mostNamed = 3

/** The functions, types and facts of the declaration that the database lacks, or has with another definition: a line each. */
export async function unmodelledDifferences(
  dialect: Dialect,
  session: Session,
  live: SchemaModel,
  { unmodelled = [] }: DeclaredSchema,
): Promise<readonly string[]> {
  if (unmodelled.length === 0) return []
  const texts = new Map((await uncomparedRoutines(dialect, session)).map(({ name, text }) => [name, text]))
  // Most sources have no fact that has to be asked for.
  if (!unmodelled.every(({ name }) => texts.has(name)))
    for (const { name, create } of (await readUnmodelledFacts(dialect, session, live)).map(textOfFact))
      texts.set(name, create)
  return unmodelled.flatMap(({ name, create }) => {
    const text = texts.get(name)
    if (text === create) return []
    return [`${name} ${text === undefined ? 'is missing' : 'has another definition'}`]
  })
}

/** The same for a revision that is generated: it does not make them. */
export const unmodelledNotes = (differences: readonly string[]): readonly string[] =>
  differences.map((line) => `${line}. No operation makes or changes that: write it with \`op.sql\`.`)

/** Revisions make them by SQL, so that no replay has them. */
export const unreplayedNotes = ({ unmodelled = [] }: DeclaredSchema): readonly string[] =>
  unmodelled.length === 0
    ? []
    : [
        `Not compared with what the revisions make: ${someOf(
          unmodelled.map(({ name }) => name),
          mostNamed,
        )}. Only a database shows what no operation makes.`,
      ]
